import { describe, expect, it } from 'vitest';
import {
  type ProcReader,
  processTreeCpuMicros,
  processTreeRssBytes,
  rssBytes,
} from '../../../harness/measure/process-cpu.ts';

function stat(pid: number, name: string, times: readonly number[]): string {
  return `${pid} (${name}) S 1 ${pid} ${pid} 0 -1 4194560 100 0 0 0 ${times.join(' ')} 20 0 9 0 7 8 9\n`;
}

function procOf(files: Readonly<Record<string, string>>): ProcReader {
  return {
    readText: (path) => files[path],
    list: (path) => [
      ...new Set(
        Object.keys(files)
          .filter((file) => file.startsWith(`${path}/`))
          .map((file) => file.slice(path.length + 1).split('/')[0] ?? ''),
      ),
    ],
  };
}

describe('the CPU time of a process tree', () => {
  const proc = procOf({
    '/proc/10/stat': stat(10, 'beam.smp', [100, 50, 3, 2]),
    '/proc/10/task/10/children': '',
    '/proc/10/task/12/children': '20 30 ',
    '/proc/20/stat': stat(20, 'a) S 9 (b', [7, 0, 0, 0]),
    '/proc/20/task/20/children': '40 ',
    '/proc/40/stat': stat(40, 'leaf', [1, 1, 0, 0]),
    '/proc/40/task/40/children': '',
    '/proc/30/task/30/children': '',
  });

  it('adds user and system time of the process and of all that any of its threads started', () => {
    expect(processTreeCpuMicros(10, proc)).toBe((155 + 7 + 2) * 10_000);
  });

  it('reads names that look like fields', () => {
    expect(processTreeCpuMicros(20, proc)).toBe(9 * 10_000);
  });

  it('is unknown, not zero, when the process is gone', () => {
    expect(processTreeCpuMicros(11, proc)).toBeUndefined();
    expect(processTreeCpuMicros(1, procOf({ '/proc/1/stat': 'nonsense' }))).toBeUndefined();
  });

  it('ends on a tree that loops', () => {
    const loop = procOf({
      '/proc/5/stat': stat(5, 'x', [1, 0, 0, 0]),
      '/proc/5/task/5/children': '6',
      '/proc/6/stat': stat(6, 'y', [1, 0, 0, 0]),
      '/proc/6/task/6/children': '5 6',
    });
    expect(processTreeCpuMicros(5, loop)).toBe(20_000);
  });
});

describe('the memory of a process tree', () => {
  const status = (kibibytes: number): string =>
    `Name:\tbeam.smp\nVmPeak:\t  999999 kB\nVmRSS:\t    ${kibibytes} kB\nThreads:\t9\n`;
  const proc = procOf({
    '/proc/10/status': status(200),
    '/proc/10/task/10/children': '20',
    '/proc/20/status': status(8),
    '/proc/20/task/20/children': '30',
    '/proc/self/status': status(3),
  });

  it('adds what the process and all its living descendants have in use', () => {
    expect(processTreeRssBytes(10, proc)).toBe(208 * 1_024);
    expect(rssBytes('self', proc)).toBe(3 * 1_024);
  });

  it('is unknown, not zero, when the process is gone or is a zombie without memory', () => {
    expect(processTreeRssBytes(11, proc)).toBeUndefined();
    expect(
      rssBytes('7', procOf({ '/proc/7/status': 'Name:\tx\nState:\tZ (zombie)\n' })),
    ).toBeUndefined();
  });
});
