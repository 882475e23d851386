import { defineConfig } from 'vitest/config';

/** Checks that take minutes or a gigabyte: `npm run check:long`. */
export default defineConfig({
  test: { include: ['test/**/*.long.test.ts'], testTimeout: 600_000, fileParallelism: false },
});
