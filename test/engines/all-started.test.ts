import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { allStarted } from '../../engines/all-started.ts';

test('a start that fails is told of when the others have ended, and the first of those that failed', async () => {
  const ended: string[] = [];
  const start = async (name: string, ms: number, fails: boolean): Promise<void> => {
    await pause(ms);
    ended.push(name);
    if (fails) throw new Error(`${name} has not started`);
  };
  const starts = [start('one', 40, false), start('two', 20, true), start('three', 1, true)];
  await expect(allStarted(starts)).rejects.toThrow('two has not started');
  expect(ended).toEqual(['three', 'two', 'one']);
});

test('who has started is waited for', async () => {
  let isUp = false;
  await allStarted([
    Promise.resolve(),
    pause(20).then(() => {
      isUp = true;
    }),
  ]);
  expect(isUp).toBe(true);
});
