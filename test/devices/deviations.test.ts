// SPDX-License-Identifier: GPL-2.0-only
/** No deviation of the QEMU profile is there for nothing: leaving out any one makes a recording or a check fail. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deviationsPage } from '../../scripts/deviations.ts';
import { pcie } from '../../src/devices/profile.ts';
import { qemu72, switchReasons } from '../../src/devices/qemu.ts';
import { firstFailure } from './deviations.ts';
import { QEMU_CHECKS } from './qemu-checks.ts';

describe('the deviations of the profile qemu-7.2', () => {
  it('together are QEMU', () => {
    expect(firstFailure(qemu72)).toBeUndefined();
  });

  it.each(QEMU_CHECKS)('$name', ({ holds }) => {
    expect(holds(qemu72)).toBe(true);
  });

  it('are all told of: no switch is another one without a reason', () => {
    const others = Object.entries(qemu72).filter(
      ([key, value]) =>
        value !== pcie[key as keyof typeof pcie] && !['name', 'description', 'deviations'].includes(key),
    );
    expect(others.map(([key]) => key).sort()).toEqual(Object.keys(switchReasons).sort());
  });

  it('are each needed, and docs/deviations.md says by what', () => {
    const page = deviationsPage();
    expect(page).not.toContain('| nothing |');
    expect(readFileSync('docs/deviations.md', 'utf8')).toBe(page);
  });
});
