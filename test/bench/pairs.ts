import { randomFrom } from '../../harness/core/random.ts';
import { type Interval, medianInterval } from '../../harness/core/statistics/bootstrap.ts';
import { median } from '../../harness/core/statistics/median.ts';

/** One run of one loop. */
export interface LoopResult {
  readonly messagesPerSecond: number;
  /** CPU time of the client's thread. */
  readonly cpuMicrosPerMessage: number;
}

export type Loop = () => Promise<LoopResult>;

export interface Pair {
  readonly bare: LoopResult;
  readonly harness: LoopResult;
  /** Harness throughput ÷ bare throughput. */
  readonly ratio: number;
}

export interface Comparison {
  readonly pairs: number;
  readonly ratio: number;
  readonly interval: Interval;
  readonly bare: LoopResult;
  readonly harness: LoopResult;
}

/** ABBA order: a machine that grows slower or faster does so for both. One pair more warms up the system. */
export async function interleave(
  bare: Loop,
  harness: Loop,
  pairs: number,
): Promise<readonly Pair[]> {
  const results: Pair[] = [];
  for (let i = 0; i <= pairs; i += 1) {
    const isBareFirst = i % 2 === 0;
    const first = await (isBareFirst ? bare() : harness());
    const second = await (isBareFirst ? harness() : bare());
    const [a, b] = isBareFirst ? [first, second] : [second, first];
    const pair = { bare: a, harness: b, ratio: b.messagesPerSecond / a.messagesPerSecond };
    if (i > 0) results.push(pair);
  }
  return results;
}

export function compare(pairs: readonly Pair[], seed: number): Comparison {
  const ratios = pairs.map((pair) => pair.ratio);
  const middle = (side: 'bare' | 'harness'): LoopResult => ({
    messagesPerSecond: median(pairs.map((pair) => pair[side].messagesPerSecond)),
    cpuMicrosPerMessage: median(pairs.map((pair) => pair[side].cpuMicrosPerMessage)),
  });
  return {
    pairs: pairs.length,
    ratio: median(ratios),
    interval: medianInterval(ratios, randomFrom(seed)),
    bare: middle('bare'),
    harness: middle('harness'),
  };
}
