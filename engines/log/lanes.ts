import { appendBatch, type QueuedSend, SendQueue } from '../embedded/outgoing.ts';
import type { ProducerIdentity } from '../embedded/log/entries.ts';
import { noSequence } from '../embedded/log/producers.ts';
import { batchBytes, messageBytes } from '../embedded/protocol/batch.ts';
import { beginRequest, sealRequest } from '../embedded/protocol/frame.ts';
import { writeProduceHead } from '../embedded/protocol/log-messages.ts';
import { Api } from '../embedded/protocol/protocol.ts';
import type { LogOptions } from './options.ts';
import { laneKey, type Route } from './routing.ts';
import { sendLimit } from './traits.ts';

const requestHeadBytes = 64;

/** A batch on its way. Its frame is kept until it is answered, so that a retry sends the very same bytes. */
export interface Flight {
  readonly frame: Buffer;
  readonly sends: readonly QueuedSend[];
  /** Of its first message; counted on also where the broker is not told. */
  readonly sequence: number;
  readonly bytes: number;
  readonly sinceNs: number;
  attempts: number;
}

/** One partition's sends, in order: first those in flight, then those to be sent again, then those that wait. */
export interface Lane extends Route {
  readonly waiting: SendQueue;
  readonly flights: Flight[];
  /** Refused for the moment, in the order in which they go again. Before them nothing new goes. */
  readonly again: Flight[];
  /** When the first of `again` may go. */
  againNs: number;
  nextSequence: number;
}

export class Lanes implements Iterable<Lane> {
  readonly #lanes = new Map<number, Lane>();

  [Symbol.iterator](): Iterator<Lane> {
    return this.#lanes.values();
  }

  get areGrounded(): boolean {
    return this.openSinceNs === Infinity;
  }

  /** Since when the oldest of all that have left is not settled; infinite when there is none. */
  get openSinceNs(): number {
    const open = [...this.#lanes.values()].flatMap(({ flights, again }) => [...flights, ...again]);
    return Math.min(...open.map(({ sinceNs }) => sinceNs));
  }

  of({ topic, partition, scope }: Route): Lane {
    const key = laneKey(topic, partition);
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = {
      topic,
      partition,
      scope,
      waiting: new SendQueue(),
      flights: [],
      again: [],
      againNs: 0,
      nextSequence: 0,
    };
    this.#lanes.set(key, lane);
    return lane;
  }

  /** Another producer, or the next epoch of this one, counts from the beginning. */
  restart(): void {
    for (const lane of this.#lanes.values()) lane.nextSequence = 0;
  }
}

/** Makes the lane's next batch, as large as may be, of what waits. */
export function board(
  lane: Lane,
  identity: ProducerIdentity,
  { acks, idempotent }: Pick<LogOptions, 'acks' | 'idempotent'>,
  nowNs: number,
): Flight {
  const sends = lane.waiting.cut(sendLimit);
  const { topic, partition } = lane;
  const sequence = lane.nextSequence;
  const stamp = { ...identity, sequence: idempotent ? sequence : noSequence };
  const request = beginRequest(Api.produce, batchBytes(sends) + requestHeadBytes);
  appendBatch(writeProduceHead(request, { acks, topic, partition, stamp }), sends);
  // Sequences are compared within 32 bits; a producer would have to send four billion messages.
  lane.nextSequence += sends.length;
  let bytes = 0;
  for (const send of sends) bytes += messageBytes(send);
  const frame = sealRequest(request);
  const flight = { frame, sends, sequence, bytes, sinceNs: nowNs, attempts: 0 };
  lane.flights.push(flight);
  return flight;
}
