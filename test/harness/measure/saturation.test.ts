import { describe, expect, it } from 'vitest';
import { busyShare, coreTimes } from '../../../harness/measure/machine-cpu.ts';
import type { ProcReader } from '../../../harness/measure/process-cpu.ts';
import { limitOf, type Utilization } from '../../../harness/measure/saturation.ts';
import { ThreadWatch } from '../../../harness/measure/thread-watch.ts';

interface Thread {
  readonly state: string;
  readonly ticks: number;
}

/** A process 7 whose threads are as `threads` says at this moment. */
function processOf(threads: () => Readonly<Record<string, Thread>>): ProcReader {
  return {
    list: (path) => (path === '/proc/7/task' ? Object.keys(threads()) : []),
    readText: (path) => {
      const [, id = ''] = /^\/proc\/7\/task\/(\d+)\/stat$/.exec(path) ?? [];
      const thread = threads()[id];
      if (thread === undefined) return undefined;
      const { state, ticks } = thread;
      return `${id} (a (b) c) ${state} ${'0 '.repeat(10)}${ticks} 0 0 0 0 0`;
    },
  };
}

describe('the threads of a broker', () => {
  it('are as busy as the busiest, between the first look and the last', () => {
    let at = 0;
    const watch = new ThreadWatch(
      7,
      processOf(() => ({
        7: { state: 'S', ticks: 1_000 + at * 9 },
        8: { state: 'R', ticks: 5_000 + at * 2 },
        ...(at > 5 ? { 9: { state: 'S', ticks: at } } : {}),
      })),
    );
    for (at = 0; at <= 10; at += 1) watch.look(at * 1e8);
    expect(watch.use()).toEqual({ busiestThread: 0.9, diskWait: 0, looks: 11 });
  });

  it('wait for the disk in those looks in which one of them is in state D', () => {
    let at = 0;
    const watch = new ThreadWatch(
      7,
      processOf(() => ({
        7: { state: 'S', ticks: 0 },
        8: { state: at % 4 === 0 ? 'S' : 'D', ticks: 0 },
      })),
    );
    for (at = 0; at < 8; at += 1) watch.look(at * 1e8);
    expect(watch.use()?.diskWait).toBe(0.75);
  });

  it('are not known where there is no /proc, nor from one look', () => {
    const none = new ThreadWatch(7, { list: () => [], readText: () => undefined });
    none.look(0);
    none.look(1e9);
    expect(none.use()).toBeUndefined();
    const once = new ThreadWatch(
      7,
      processOf(() => ({ 7: { state: 'S', ticks: 0 } })),
    );
    once.look(0);
    expect(once.use()).toBeUndefined();
  });
});

describe('the cores of the machine', () => {
  it('are busy with everything but idling and waiting for a disk', () => {
    const stat = (line: string) => coreTimes({ list: () => [], readText: () => `${line}\ncpu0 1` });
    const before = stat('cpu  100 0 100 700 100 0 0 0 0 0');
    const after = stat('cpu  190 0 200 700 110 0 0 0 0 0');
    expect(busyShare(before, after)).toBe(0.95);
    expect(busyShare(before, before)).toBeUndefined();
    expect(stat('')).toBeUndefined();
  });
});

describe('the limit of a load', () => {
  const idle: Utilization = { clientThread: 0.2, brokerThread: 0.3, brokerDisk: 0.1, machine: 0.4 };
  it.each([
    ['broker-cpu', { brokerThread: 0.9, clientThread: 0.88, brokerDisk: 0.9, machine: 1 }],
    ['client-cpu', { clientThread: 0.85 }],
    ['disk', { brokerDisk: 0.5, machine: 1 }],
    ['machine', { machine: 0.96 }],
    ['none', {}],
    ['none', { brokerThread: undefined, brokerDisk: undefined, machine: undefined }],
  ] as const)('is %s', (side, change) => {
    expect(limitOf({ ...idle, ...change }, undefined).side).toBe(side);
  });
});
