import { decodeHeaders } from '../embedded/protocol/batch.ts';
import type { FetchedPart } from '../embedded/protocol/log-messages.ts';
import type { Delivery } from '../engine.ts';

interface Held extends FetchedPart {
  readonly requestedNs: number;
  next: number;
}

/** Fetched messages that were not delivered yet, in the order of their partitions. */
export class Fetched {
  #held: Held[] = [];

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /** @param from the first offset that is wanted: a batch may begin before it */
  add(part: FetchedPart, from: number, requestedNs: number): void {
    const next = Math.max(0, from - part.baseOffset);
    if (next < part.batch.count) this.#held.push({ ...part, requestedNs, next });
  }

  drop(partitions: readonly number[]): void {
    this.#held = this.#held.filter(({ partition }) => !partitions.includes(partition));
  }

  clear(): void {
    this.#held = [];
  }

  /** At most `limit` messages; at least one, if there is any. */
  take(limit: number, generation: number): Delivery[] {
    const taken: Delivery[] = [];
    let finished = 0;
    for (const held of this.#held) {
      while (held.next < held.batch.count && taken.length < limit) {
        taken.push(delivery(held, generation));
        held.next += 1;
      }
      if (held.next < held.batch.count) break;
      finished += 1;
    }
    this.#held.splice(0, finished);
    return taken;
  }
}

function delivery(held: Held, generation: number): Delivery {
  const { batch, next, partition, baseOffset, requestedNs } = held;
  return {
    body: batch.body(next),
    key: batch.key(next),
    place: { scope: partition, position: { major: baseOffset + next, minor: 0 } },
    attempt: undefined,
    redelivered: undefined,
    requestedNs,
    leaseMs: undefined,
    headers: decodeHeaders(batch.headers(next)),
    token: generation,
  };
}
