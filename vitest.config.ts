import process from 'node:process';
import { defineConfig } from 'vitest/config';
import { keepCompiledCode } from './harness/cli/compiled-code.ts';

// Workers of the tests inherit it: the threads and brokers that they start are many.
keepCompiledCode(process.env);

const live = 'test/**/*.live.test.ts';
/** Of those, whole files about what a client and a broker say to each other: nothing in them is about load or time. */
const conversations = 'test/engines/*/{contract,consuming,external,outcomes}.live.test.ts';
/** Whole runs, and the one test that measures durations: each alone on the machine. */
const alone = ['test/acceptance/**/*.test.ts', 'test/harness/actors/stall.test.ts'];

/** Whoever waits for a condition waits for a machine, too: this only ends what never comes. */
const expecting = { poll: { timeout: 30_000 } };

/**
 * Four projects, one after another: `unit` and `acceptance` need nothing but npm install; `conversations` and
 * `live` need real brokers and are skipped with their reason unless ACKMARK_LIVE=1.
 */
export default defineConfig({
  test: {
    // One for each core: much of a unit test's time is waiting for a broker's timers.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          expect: expecting,
          include: ['test/**/*.test.ts'],
          exclude: [live, ...alone, 'node_modules/**'],
          // Nothing here is about durations, and machines are shared: these only end what hangs.
          testTimeout: 180_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'acceptance',
          expect: expecting,
          include: alone,
          exclude: [live],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'conversations',
          expect: expecting,
          include: [conversations],
          // Each starts a broker.
          maxWorkers: 2,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'live',
          expect: expecting,
          include: [live],
          exclude: [conversations],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
