import type { Outgoing } from '../../engines/engine.ts';
import {
  emptyHeader,
  headerBytes,
  type MessageHeader,
  writeHeader,
} from '../core/message-header.ts';
import type { Address } from '../../scenarios/scenario.ts';
import type { ProducerActorSpec } from './actor.ts';
import { BodySlabs } from './body-slabs.ts';

export interface Routes {
  /** Empty: the batch's own. */
  readonly destination: readonly number[];
  readonly headers: readonly Outgoing['headers'][];
  readonly key: readonly (Buffer | undefined)[];
  readonly partition: readonly (number | undefined)[];
  readonly group: readonly (string | undefined)[];
}

/** Most messages of one call: the batch asked for, within what the engine takes. */
export function batchLimitOf(
  spec: Pick<ProducerActorSpec, 'sendLimit' | 'payloadBytes' | 'batchMessages'>,
): number {
  const byBytes = Math.max(1, Math.floor(spec.sendLimit.bytes / spec.payloadBytes));
  return Math.max(1, Math.min(spec.batchMessages, spec.sendLimit.messages, byBytes));
}

/** What a message of each bucket carries so that the broker routes it; made once. */
export function routesOf(
  routing: 'partition' | 'key' | 'single',
  buckets: number,
  scopes: number,
  messageGroups = false,
  addresses: readonly Address[] = [],
): Routes {
  const all = Array.from({ length: buckets }, (_, bucket) => bucket);
  const keyOf = (bucket: number): string => addresses[bucket]?.key ?? `k${bucket}`;
  return {
    destination: addresses.map(({ destination }) => destination),
    headers: addresses.map(({ headers }) => headers),
    key: all.map((bucket) => (routing === 'key' ? Buffer.from(keyOf(bucket)) : undefined)),
    partition: all.map((bucket) => (routing === 'partition' ? bucket % scopes : undefined)),
    group: all.map((bucket) => (messageGroups ? `k${bucket}` : undefined)),
  };
}

export type BatchIdentity = Pick<ProducerActorSpec, 'run' | 'epoch' | 'deduplicationIds'>;

/** The batch under construction. Message objects and array are reused, as the contract allows. */
export class OutgoingBatch {
  readonly header: MessageHeader = emptyHeader();
  readonly #template: Buffer;
  readonly #routes: Routes;
  readonly #pool: Outgoing[];
  readonly #batch: Outgoing[] = [];
  readonly #slabs: BodySlabs;
  readonly #deduplicationIds: boolean;
  readonly #destination: number;

  constructor(
    { run, epoch, deduplicationIds }: BatchIdentity,
    template: Buffer,
    routes: Routes,
    messages: number,
    destination = 0,
  ) {
    this.#deduplicationIds = deduplicationIds;
    this.#destination = destination;
    this.#template = template;
    this.#slabs = new BodySlabs(headerBytes + template.length);
    this.#routes = routes;
    this.header.run = run;
    this.header.epoch = epoch;
    this.header.bodyBytes = template.length;
    this.#pool = Array.from({ length: messages }, () => ({
      ticket: 0,
      destination,
      key: undefined,
      partition: undefined,
      group: undefined,
      deduplicationId: undefined,
      headers: undefined,
      delayMs: 0,
      body: template,
    }));
  }

  clear(): void {
    this.#batch.length = 0;
  }

  /**
   * Adds the message that `header` describes; at most as many as the constructor was told.
   * @returns what `settled` wants to know of its body
   */
  add(ticket: number, bucket: number): number {
    const body = this.#slabs.cut();
    writeHeader(body, this.header);
    this.#template.copy(body, headerBytes);
    const outgoing = this.#pool[this.#batch.length] as Outgoing;
    outgoing.ticket = ticket;
    outgoing.key = this.#routes.key[bucket];
    outgoing.partition = this.#routes.partition[bucket];
    outgoing.group = this.#routes.group[bucket];
    outgoing.headers = this.#routes.headers[bucket];
    outgoing.destination = this.#routes.destination[bucket] ?? this.#destination;
    if (this.#deduplicationIds) {
      const { run, lane, seq } = this.header;
      outgoing.deduplicationId = `${run}-${lane}-${seq}`;
    }
    outgoing.body = body;
    this.#batch.push(outgoing);
    return this.#slabs.current;
  }

  /** The body's memory may be used again, if the client certainly is done with it. */
  settled(slab: number, isOk: boolean): void {
    this.#slabs.settled(slab, isOk);
  }

  get messages(): readonly Outgoing[] {
    return this.#batch;
  }
}
