import { Worker } from 'node:worker_threads';

/** How late a thread is that does nothing but read the clock: what no generator on this machine can be better than. */
export interface Standstill {
  /** Lateness of instants spread evenly over the time. */
  readonly p99Ns: number;
  readonly maxNs: number;
}

/** Longer than reading the clock ever takes by itself; the rest is what the loop's steps are. */
const smallestGapMs = 0.05;

const spinning = `
  const { parentPort, workerData } = require('node:worker_threads');
  const gaps = [];
  let last = performance.now();
  const end = last + workerData.forMs;
  while (last < end) {
    const time = performance.now();
    if (time - last > workerData.smallestGapMs) gaps.push(time - last);
    last = time;
  }
  parentPort.postMessage(gaps);
`;

/** As long as the load of the generator. */
const forMs = 5_000;

/** While this thread sleeps: all other cores are free. */
export async function measureStandstill(): Promise<Standstill> {
  const worker = new Worker(spinning, { eval: true, workerData: { forMs, smallestGapMs } });
  const gapsMs = await new Promise<readonly number[]>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return {
    p99Ns: latenessOf(gapsMs, forMs, 0.01) * 1e6,
    maxNs: Math.max(0, ...gapsMs) * 1e6,
  };
}

export function standstillText({ p99Ns, maxNs }: Standstill): string {
  const micros = (ns: number): string => `${(ns / 1e3).toFixed(1)} µs`;
  return `a thread that only reads the clock is late by p99 ${micros(p99Ns)}, max ${micros(maxNs)}`;
}

/** By which lateness a share of all instants is exceeded: one that falls into a gap is late by what is left of it. */
export function latenessOf(gapsMs: readonly number[], ofMs: number, share: number): number {
  const exceeding = (lateMs: number): number =>
    gapsMs.reduce((sum, gapMs) => sum + Math.max(0, gapMs - lateMs), 0) / ofMs;
  if (exceeding(0) <= share) return 0;
  let low = 0;
  let high = Math.max(...gapsMs);
  while (high - low > 1e-4) {
    const middle = (low + high) / 2;
    if (exceeding(middle) > share) low = middle;
    else high = middle;
  }
  return high;
}
