import { defineConfig } from 'vitest/config';

/**
 * Two projects: `unit` needs nothing but npm install; `live` needs real brokers and is skipped with its
 * reason unless ACKMARK_LIVE=1. Files run one after another in `live`, because brokers share two cores.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.live.test.ts', 'node_modules/**'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'live',
          include: ['test/**/*.live.test.ts'],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
