import type { Outgoing } from '../../engines/engine.ts';
import {
  emptyHeader,
  headerBytes,
  type MessageHeader,
  writeHeader,
} from '../core/message-header.ts';
import type { ProducerActorSpec } from './actor.ts';

/** Bodies are cut from blocks of this size, or of one body where that is larger. */
const slabBytes = 65_536;

export interface Routes {
  readonly key: readonly (Buffer | undefined)[];
  readonly partition: readonly (number | undefined)[];
}

/** Most messages of one call: the batch asked for, within what the engine takes. */
export function batchLimitOf(spec: ProducerActorSpec): number {
  const byBytes = Math.max(1, Math.floor(spec.sendLimit.bytes / spec.payloadBytes));
  return Math.max(1, Math.min(spec.batchMessages, spec.sendLimit.messages, byBytes));
}

/** What a message of each bucket carries so that the broker routes it; made once. */
export function routesOf(
  routing: 'partition' | 'key' | 'single',
  buckets: number,
  scopes: number,
): Routes {
  const all = Array.from({ length: buckets }, (_, bucket) => bucket);
  return {
    key: all.map((bucket) => (routing === 'key' ? Buffer.from(`k${bucket}`) : undefined)),
    partition: all.map((bucket) => (routing === 'partition' ? bucket % scopes : undefined)),
  };
}

/**
 * The batch under construction. Message objects and array are reused, as the contract allows; bodies are
 * not, because a client may still hold bytes of a send whose outcome is unknown.
 */
export class OutgoingBatch {
  readonly header: MessageHeader = emptyHeader();
  readonly #template: Buffer;
  readonly #payloadBytes: number;
  readonly #routes: Routes;
  readonly #pool: Outgoing[];
  readonly #batch: Outgoing[] = [];
  #slab: Buffer = Buffer.alloc(0);
  #used = 0;

  constructor(run: number, epoch: number, template: Buffer, routes: Routes, messages: number) {
    this.#template = template;
    this.#payloadBytes = headerBytes + template.length;
    this.#routes = routes;
    this.header.run = run;
    this.header.epoch = epoch;
    this.header.bodyBytes = template.length;
    this.#pool = Array.from({ length: messages }, () => ({
      ticket: 0,
      destination: 0,
      key: undefined,
      partition: undefined,
      group: undefined,
      deduplicationId: undefined,
      headers: undefined,
      delayMs: 0,
      body: this.#slab,
    }));
  }

  clear(): void {
    this.#batch.length = 0;
  }

  /** Adds the message that `header` describes; at most as many as the constructor was told. */
  add(ticket: number, bucket: number): void {
    const body = this.#body();
    writeHeader(body, this.header);
    this.#template.copy(body, headerBytes);
    const outgoing = this.#pool[this.#batch.length] as Outgoing;
    outgoing.ticket = ticket;
    outgoing.key = this.#routes.key[bucket];
    outgoing.partition = this.#routes.partition[bucket];
    outgoing.body = body;
    this.#batch.push(outgoing);
  }

  get messages(): readonly Outgoing[] {
    return this.#batch;
  }

  #body(): Buffer {
    if (this.#used + this.#payloadBytes > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, this.#payloadBytes));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += this.#payloadBytes;
    return this.#slab.subarray(start, this.#used);
  }
}
