// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { declaredBlocks, markdownOf, registerReference } from '../../src/configspace/markdown.ts';

test('one block', () => {
  const ltr = declaredBlocks().find(({ id }) => id === '0018h')!;
  expect(markdownOf(ltr)).toMatchInlineSnapshot(`
    "## Latency Tolerance Reporting (0018h)

    | offset | register | bits | field | lspci | access | reset | roles |
    |---|---|---|---|---|---|---|---|
    | 04h | Max snoop latency | 9:0 | \`value\` |  | RW | 0 | all |
    | 04h | Max snoop latency | 12:10 | \`scale\` |  | RW | 0 | all |
    | 06h | Max no snoop latency | 9:0 | \`value\` |  | RW | 0 | all |
    | 06h | Max no snoop latency | 12:10 | \`scale\` |  | RW | 0 | all |
    "
  `);
});

test('every declared field is in the reference', () => {
  const reference = registerReference();
  const fields = declaredBlocks().flatMap(({ block }) =>
    Object.values(block.registers).flatMap((r) => Object.keys(r.fields)),
  );
  for (const field of fields) expect(reference).toContain(`\`${field}\``);
  for (const line of reference.split('\n').filter((line) => line.startsWith('|')))
    expect(line.split('|').length, line).toBe(10);
});
