import type { Delivery } from '../../engines/engine.ts';
import type { MessageHeader } from '../core/message-header.ts';
import type { RepliesRecord } from '../record/replies-schema.ts';

/** The header by which a request and its reply know each other; who answers copies it and looks no further. */
const correlationHeader = 'correlation-id';

/** How a requester knows its replies. */
export type KnownBy = 'correlation-id' | 'turn';

/** Of a request, by its lane and its number there. */
export function correlationOf(lane: number, seq: number): string {
  return `${lane}:${seq}`;
}

export function withCorrelation(correlation: string): Readonly<Record<string, string>> {
  return { [correlationHeader]: correlation };
}

/** Undefined: the message has none. */
export function correlationIn({ headers }: Pick<Delivery, 'headers'>): string | undefined {
  return headers?.[correlationHeader];
}

/**
 * What a requester makes of its replies. What it takes a reply for is its correlation id, which comes beside the body, or
 * its turn; which request it answers stands in its body, written by who answered. The two are told apart here.
 */
export class ReplyBook {
  readonly #knownBy: KnownBy;
  /** Of the requests, which go to one key after another. */
  readonly #keys: number;
  readonly #own = new Set<string>();
  #received = 0;
  #others = 0;
  #unidentified = 0;

  constructor(knownBy: KnownBy, keys: number) {
    this.#knownBy = knownBy;
    this.#keys = keys;
  }

  /** @param header of the reply: its parent is the request that it answers */
  received(reply: Pick<Delivery, 'headers'>, header: MessageHeader): void {
    const { parentLane, parentSeq } = header;
    const taken = this.#takenFor(reply);
    this.#received += 1;
    if (taken === undefined) this.#unidentified += 1;
    else if (taken === this.#nameOf(parentLane, parentSeq)) this.#own.add(taken);
    else this.#others += 1;
  }

  record(): RepliesRecord {
    return {
      knownBy: this.#knownBy,
      received: this.#received,
      own: this.#own.size,
      others: this.#others,
      unidentified: this.#unidentified,
    };
  }

  #takenFor(reply: Pick<Delivery, 'headers'>): string | undefined {
    return this.#knownBy === 'turn' ? String(this.#received) : correlationIn(reply);
  }

  #nameOf(lane: number, seq: number): string {
    if (this.#knownBy === 'correlation-id') return correlationOf(lane, seq);
    return String(seq * this.#keys + (lane % this.#keys));
  }
}
