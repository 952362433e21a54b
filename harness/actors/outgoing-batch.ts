import type { Outgoing } from '../../engines/engine.ts';
import {
  emptyHeader,
  headerBytes,
  type MessageHeader,
  writeHeader,
} from '../core/message-header.ts';
import type { Address } from '../../scenarios/scenario.ts';
import { largestOf } from '../../scenarios/spread.ts';
import type { ProducerActorSpec, RoutingBy } from './actor.ts';
import { bodyTemplate } from './body.ts';
import { type BodyContent, BodySlabs } from './body-slabs.ts';
import { partitionsOf } from './partition-of.ts';
import { Users } from './draws/users.ts';
import { meanSize, messageSizes, type SizeOf } from './draws/message-sizes.ts';
import { correlationOf, withCorrelation } from './reply-book.ts';

/** A prefix of the template, as long as the body has room. */
function contentOf(template: Buffer): BodyContent {
  return {
    write: (body) => void template.copy(body, headerBytes),
    isIn: (body) => {
      const bytes = body.length - headerBytes;
      return template.compare(body, headerBytes, body.length, 0, bytes) === 0;
    },
  };
}

export interface Routes {
  /** Empty: the batch's own. */
  readonly destination: readonly number[];
  readonly headers: readonly Outgoing['headers'][];
  readonly key: readonly (Buffer | undefined)[];
  readonly group: readonly (string | undefined)[];
}

/** Most messages of one call: the batch asked for, within what the engine takes of messages of average size. */
function batchLimitOf(spec: BatchSpec): number {
  const byBytes = Math.max(1, Math.floor(spec.sendLimit.bytes / meanSize(spec.payloadBytes)));
  return Math.max(1, Math.min(spec.batchMessages, spec.sendLimit.messages, byBytes));
}

/** What a message of each bucket carries so that the broker routes it; made once. */
export function routesOf(
  routing: RoutingBy,
  buckets: number,
  messageGroups = false,
  addresses: readonly Address[] = [],
): Routes {
  const all = Array.from({ length: buckets }, (_, bucket) => bucket);
  const keyOf = (bucket: number): string => addresses[bucket]?.key ?? `k${bucket}`;
  return {
    destination: addresses.map(({ destination }) => destination),
    headers: addresses.map(({ headers }) => headers),
    key: all.map((bucket) => (routing === 'key' ? Buffer.from(keyOf(bucket)) : undefined)),
    group: all.map((bucket) => (messageGroups ? `k${bucket}` : undefined)),
  };
}

export type BatchSpec = Pick<
  ProducerActorSpec,
  | 'run'
  | 'epoch'
  | 'deduplicationIds'
  | 'payloadBytes'
  | 'loadSeed'
  | 'sendLimit'
  | 'batchMessages'
  | 'routing'
  | 'lanes'
  | 'scopes'
  | 'messageGroups'
  | 'addresses'
  | 'correlates'
  | 'keyed'
> &
  Partial<Pick<ProducerActorSpec, 'keyedBy'>>;

/** The batch under construction. Message objects and array are reused, as the contract allows. */
export class OutgoingBatch {
  readonly header: MessageHeader = emptyHeader();
  /** Of the next message, where it is not one that correlates by itself; undefined: it has none. */
  correlation: string | undefined;
  /** The most messages that it takes. */
  readonly limit: number;
  readonly #routes: Routes;
  readonly #pool: Outgoing[];
  /** The first of the pool, as many as were handed over last: emptied, it would have to grow again for each batch. */
  readonly #batch: Outgoing[] = [];
  #count = 0;
  readonly #slabs: BodySlabs;
  readonly #deduplicationIds: boolean;
  readonly #correlates: boolean;
  readonly #users: Users | undefined;
  readonly #destination: number;
  readonly #sizeOf: SizeOf;
  readonly #partitionOf: ReturnType<typeof partitionsOf>;
  /** Beyond it, another message of the largest size would not be taken. */
  readonly #fullBytes: number;
  #bytes = 0;

  constructor(spec: BatchSpec, destination = 0) {
    const { payloadBytes, lanes } = spec;
    const largest = largestOf(payloadBytes);
    const template = bodyTemplate(spec.run, largest);
    this.limit = batchLimitOf(spec);
    this.#deduplicationIds = spec.deduplicationIds;
    this.#correlates = spec.correlates === true;
    this.#users = spec.keyedBy && new Users(spec.keyedBy);
    this.#destination = destination;
    this.#partitionOf = partitionsOf(spec);
    this.#sizeOf = messageSizes(payloadBytes, spec.loadSeed);
    const sizes = typeof payloadBytes === 'number' ? 'alike' : 'unlike';
    this.#slabs = new BodySlabs(largest, sizes, contentOf(template));
    this.#fullBytes = spec.sendLimit.bytes - largest;
    const keyedBy = spec.keyed === true ? 'key' : spec.routing;
    this.#routes = routesOf(keyedBy, lanes.count, spec.messageGroups, spec.addresses);
    this.header.run = spec.run;
    this.header.epoch = spec.epoch;
    this.#pool = Array.from({ length: this.limit }, () => ({
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
    this.#count = 0;
    this.#bytes = 0;
  }

  /**
   * Adds the message that `header` describes; at most `limit` of them, and none when it is full.
   * @returns what `settled` wants to know of its body
   */
  add(ticket: number, bucket: number): number {
    const { header } = this;
    const size = this.#sizeOf(header.lane, header.seq);
    const body = this.#slabs.cut(size);
    header.bodyBytes = size - headerBytes;
    writeHeader(body, header);
    this.#bytes += size;
    const outgoing = this.#pool[this.#count] as Outgoing;
    outgoing.ticket = ticket;
    outgoing.key = this.#users?.keyOf(header.lane, header.seq) ?? this.#routes.key[bucket];
    outgoing.partition = this.#partitionOf(bucket, header.seq);
    outgoing.group = this.#routes.group[bucket];
    outgoing.headers = this.#correlated() ?? this.#routes.headers[bucket];
    outgoing.destination = this.#routes.destination[bucket] ?? this.#destination;
    if (this.#deduplicationIds) {
      const { run, lane, seq } = this.header;
      outgoing.deduplicationId = `${run}-${lane}-${seq}`;
    }
    outgoing.body = body;
    this.#count += 1;
    return this.#slabs.current;
  }

  /** A message that correlates has no other headers. */
  #correlated(): Outgoing['headers'] {
    const { lane, seq } = this.header;
    const correlation = this.#correlates ? correlationOf(lane, seq) : this.correlation;
    return correlation === undefined ? undefined : withCorrelation(correlation);
  }

  /** The body's memory may be used again, if the client certainly is done with it. */
  settled(slab: number, isOk: boolean): void {
    this.#slabs.settled(slab, isOk);
  }

  /** Whether the engine might not take another message with these. */
  get isFull(): boolean {
    return this.#bytes > 0 && this.#bytes > this.#fullBytes;
  }

  get messages(): readonly Outgoing[] {
    const batch = this.#batch;
    while (batch.length < this.#count) batch.push(this.#pool[batch.length] as Outgoing);
    if (batch.length > this.#count) batch.length = this.#count;
    return batch;
  }
}
