import type { PulsarCode } from './outcomes.ts';

/** One message from its send until it settles. */
export interface Sent {
  readonly ticket: number;
  readonly sequenceId: number;
  readonly metadata: Buffer;
  readonly body: Buffer;
  readonly sentNs: number;
  /** On the wire so far. */
  attempts: number;
}

/** What is told of a message that has settled. */
export interface Ended {
  readonly ticket: number;
  readonly attempts: number;
  readonly code: PulsarCode;
  readonly destination: number;
  readonly id: { readonly ledgerId: number; readonly entryId: number } | undefined;
}

/** What is on its way to one topic, in the order in which it was first sent: sequence ids rise. */
export class Lane {
  readonly destination: number;
  readonly topic: string;
  /** The broker's id of the producer on the present connection; undefined between two. */
  producerId: number | undefined;
  /** Of the first connection's producer, and kept. */
  producerName = '';
  readonly #open = new Map<number, Sent>();
  #lastSequenceId = -1;

  constructor(destination: number, topic: string) {
    this.destination = destination;
    this.topic = topic;
  }

  get size(): number {
    return this.#open.size;
  }

  get nextSequenceId(): number {
    return this.#lastSequenceId + 1;
  }

  /** Its sequence id must be the next. */
  add(sent: Sent): void {
    this.#lastSequenceId = sent.sequenceId;
    this.#open.set(sent.sequenceId, sent);
  }

  /** Undefined when nothing waits under this id any more: an answer that came too late, or twice. */
  take(sequenceId: number): Sent | undefined {
    const sent = this.#open.get(sequenceId);
    this.#open.delete(sequenceId);
    return sent;
  }

  /** In order. */
  get all(): readonly Sent[] {
    return [...this.#open.values()];
  }

  /** Since when the oldest waits; infinite when none does. */
  get openSinceNs(): number {
    for (const { sentNs } of this.#open.values()) return sentNs;
    return Number.POSITIVE_INFINITY;
  }

  /** Those that were sent by then, in order. */
  takeUntil(ns: number): readonly Sent[] {
    const taken: Sent[] = [];
    for (const [sequenceId, sent] of this.#open) {
      if (sent.sentNs > ns) break;
      this.#open.delete(sequenceId);
      taken.push(sent);
    }
    return taken;
  }
}
