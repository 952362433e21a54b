import type { Outgoing } from '../engine.ts';
import {
  batchBytes,
  batchOverheadBytes,
  encodeHeaders,
  messageBytes,
  writeBatch,
} from './protocol/batch.ts';
import type { ByteWriter } from './protocol/bytes.ts';

/** What is kept of an `Outgoing`, whose object goes back to the caller. */
export interface QueuedSend {
  readonly ticket: number;
  readonly key: Buffer | undefined;
  readonly headers: Buffer | undefined;
  readonly body: Buffer;
}

export function keep(message: Outgoing): QueuedSend {
  const { ticket, key, body } = message;
  return { ticket, key, headers: encodeHeaders(message.headers), body };
}

export interface BatchLimit {
  readonly messages: number;
  readonly bytes: number;
}

/** Sends waiting for their batch, in order. */
export class SendQueue<S extends QueuedSend = QueuedSend> {
  #sends: S[] = [];
  #head = 0;

  get length(): number {
    return this.#sends.length - this.#head;
  }

  push(send: S): void {
    this.#sends.push(send);
  }

  /** The next sends that fit one batch; at least one, if there is any. */
  cut(limit: BatchLimit): S[] {
    let to = this.#head;
    let bytes = 0;
    while (to - this.#head < limit.messages) {
      const send = this.#sends[to];
      if (send === undefined) break;
      bytes += batchOverheadBytes + messageBytes(send);
      if (to > this.#head && bytes > limit.bytes) break;
      to += 1;
    }
    const cut = this.#sends.slice(this.#head, to);
    this.#head = to;
    if (this.#head === this.#sends.length) {
      this.#sends = [];
      this.#head = 0;
    } else if (this.#head > 4096) {
      this.#sends = this.#sends.slice(this.#head);
      this.#head = 0;
    }
    return cut;
  }

  takeAll(): S[] {
    const all = this.#sends.slice(this.#head);
    this.#sends = [];
    this.#head = 0;
    return all;
  }
}

/** Appends the batch to a request. */
export function appendBatch(to: ByteWriter, sends: readonly QueuedSend[]): void {
  const at = to.reserve(batchBytes(sends));
  writeBatch(sends, to.view(), at);
}
