import type { PoisonAnswer } from '../../scenarios/scenario.ts';
import type { CopyBatch } from './copy-batch.ts';
import { CounterSlot } from './counters.ts';

/** Which messages of a subscription nobody can process, and what its consumers do with them. */
export interface Poison {
  /** Of the cell: every consumer must find the same messages poisonous. */
  readonly seed: number;
  readonly oneIn: number;
  /** At least one; each message has its own and keeps it. */
  readonly answers: readonly PoisonAnswer[];
  /** Deliveries after which it is processed after all. */
  readonly curedAfter: number;
}

/** What a consumer does with the message instead of processing it; undefined: it is not poisonous. */
export function poisonAnswer(
  { seed, oneIn, answers }: Poison,
  lane: number,
  seq: number,
): PoisonAnswer | undefined {
  const hash = mixed(seed, lane, seq);
  if (hash % oneIn !== 0) return undefined;
  return answers[Math.floor(hash / oneIn) % answers.length];
}

/** The finalizer of MurmurHash3 over the three numbers: messages of one lane must not be chosen in step. */
function mixed(seed: number, lane: number, seq: number): number {
  let hash = seed ^ Math.imul(lane + 1, 0x9e3779b1) ^ Math.imul(seq + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** For each copy of a batch; undefined: it can be processed. */
export type PoisonAnswers = readonly (PoisonAnswer | undefined)[];

/** Messages that come again are counted up to here; of those beyond, each delivery counts as a first one. */
const mostCounted = 65_536;

/** A consumer of a subscription with poisonous messages. */
export class PoisonedReader {
  readonly #poison: Poison;
  readonly #counters: Float64Array;
  /** Where the engine does not count: which delivery the latest was, by what this consumer has seen of it. */
  readonly #seen = new Map<number, number>();

  /** @param counters layout: `CounterSlot` */
  constructor(poison: Poison, counters: Float64Array) {
    this.#poison = poison;
    this.#counters = counters;
  }

  answersTo(batch: CopyBatch): PoisonAnswers {
    const repairedBelow = this.#counters[CounterSlot.repairedBelow] ?? 0;
    return batch.deliveries.map(({ attempt }, index) => {
      if (batch.known[index] !== true) return undefined;
      const lane = batch.lanes[index] as number;
      const seq = batch.seqs[index] as number;
      const answer = poisonAnswer(this.#poison, lane, seq);
      if (answer === undefined || seq < repairedBelow) return undefined;
      return (attempt ?? this.#next(lane, seq)) > this.#poison.curedAfter ? undefined : answer;
    });
  }

  #next(lane: number, seq: number): number {
    const key = lane * 0x1_0000_0000 + seq;
    const delivery = (this.#seen.get(key) ?? 0) + 1;
    if (delivery > 1 || this.#seen.size < mostCounted) this.#seen.set(key, delivery);
    return delivery;
  }
}
