import type { _Record as KinesisRecord, KinesisClient } from '@aws-sdk/client-kinesis';
import { AckmarkError } from '../../harness/core/errors.ts';
import { atMost } from '../at-most.ts';
import { failureOf } from '../aws/call-failures.ts';
import { AwsCode } from '../aws/outcomes.ts';
import type { ActorContext, Delivery, Position } from '../engine.ts';
import { Fifo } from '../fifo.ts';
import type { KinesisOptions } from './options.ts';
import { keyIn } from './partition-keys.ts';
import { iteratorOf, pageAt, type ReadFrom } from './shard-source.ts';
import { presentIn } from './shards.ts';
import type { StreamShards } from './stream-shards.ts';

/** What a reader tells whoever reads. */
export interface ShardListener {
  /** Whether somebody waits for records. */
  isHungry(): boolean;
  /** There are records to take. */
  filled(): void;
  /** What no other try would mend: the stream is gone, above all. */
  failed(error: unknown): void;
}

/** The adapter's handle of a delivery. */
export interface RecordToken {
  readonly reader: ShardReader;
  readonly position: Position;
  readonly sequenceNumber: string;
}

/** What a step of a reader was; after a `read`, also one that failed, it waits for the next poll. */
type Did = 'begun' | 'read' | 'ended';

/**
 * Reads a shard from one page to the next, never more often than the poll allows, and the next one when the last has
 * been taken and somebody is hungry. A page that fails is asked for again: iterators outlive connections, and of one
 * that has expired (after five minutes) the last record says where to go on.
 */
export class ShardReader {
  readonly shard: number;
  /** In which the shard was given to this consumer. */
  readonly generation: number;
  readonly #client: KinesisClient;
  readonly #options: KinesisOptions;
  readonly #actor: ActorContext;
  readonly #stream: StreamShards;
  readonly #listener: ShardListener;
  readonly #inHand = new Fifo<Delivery>();
  readonly #stopped = Promise.withResolvers<void>();
  #isStopped = false;
  #from: ReadFrom;
  #iterator: string | undefined;
  #wanted = Promise.withResolvers<void>();
  /** Of the pages that were asked for before a seek nothing is taken. */
  #epoch = 0;

  constructor(
    client: KinesisClient,
    options: KinesisOptions,
    actor: ActorContext,
    stream: StreamShards,
    at: { readonly shard: number; readonly generation: number; readonly from: ReadFrom },
    listener: ShardListener,
  ) {
    this.#client = client;
    this.#options = options;
    this.#actor = actor;
    this.#stream = stream;
    this.shard = at.shard;
    this.generation = at.generation;
    this.#from = at.from;
    this.#listener = listener;
  }

  get scope(): number {
    return this.#stream.firstScope + this.shard;
  }

  start(): void {
    void this.#read();
  }

  /** Somebody may be hungry. */
  wake(): void {
    this.#wanted.resolve();
  }

  take(most: number): readonly Delivery[] {
    const taken: Delivery[] = [];
    while (taken.length < most) {
      const next = this.#inHand.shift();
      if (next === undefined) break;
      taken.push(next);
    }
    return taken;
  }

  move(from: ReadFrom): void {
    this.#epoch += 1;
    this.#from = from;
    this.#iterator = undefined;
    this.#inHand.clear();
    this.wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.#inHand.clear();
    this.#stopped.resolve();
    this.wake();
  }

  async #read(): Promise<void> {
    while (!this.#isStopped) {
      const isIdle = this.#inHand.length > 0 || !this.#listener.isHungry();
      // Where it begins is fixed at once, also where nobody is hungry yet.
      if (this.#iterator !== undefined && isIdle) {
        this.#wanted = Promise.withResolvers();
        await this.#wanted.promise;
        continue;
      }
      const did = await this.#step().catch((error: unknown) => this.#failed(error));
      if (did === 'ended') return;
      if (did === 'read') await atMost(this.#stopped.promise, this.#options.pollMs);
    }
  }

  async #step(): Promise<Did> {
    const epoch = this.#epoch;
    if (this.#iterator === undefined) {
      const { id } = this.#stream.shardOf(this.shard);
      const iterator = await iteratorOf(this.#client, this.#stream.name, id, this.#from);
      if (epoch === this.#epoch) this.#iterator = iterator;
      return 'begun';
    }
    const requestedNs = this.#actor.nowNs();
    const page = await pageAt(this.#client, this.#iterator, this.#options.readMost);
    if (this.#isStopped || epoch !== this.#epoch) return 'begun';
    const { records, next } = page;
    this.#iterator = next;
    for (const record of records) this.#inHand.push(this.#deliveryOf(record, requestedNs));
    const last = records.at(-1)?.SequenceNumber;
    if (last !== undefined) this.#from = { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: last };
    if (records.length > 0) this.#listener.filled();
    return next === undefined ? 'ended' : 'read';
  }

  #failed(error: unknown): Did {
    if (this.#isStopped) return 'ended';
    if (error instanceof Error && error.name === 'ExpiredIteratorException') {
      // A target may say so again and again.
      this.#iterator = undefined;
      return 'read';
    }
    const isFinal = error instanceof AckmarkError || failureOf(error).code === AwsCode.callRefused;
    if (!isFinal) return 'read';
    this.#listener.failed(error);
    return 'ended';
  }

  #deliveryOf(record: KinesisRecord, requestedNs: number): Delivery {
    const sequenceNumber = presentIn(record.SequenceNumber, 'the sequence number of a record');
    const position = this.#stream.positionsOf(this.shard).positionOf(sequenceNumber);
    const { buffer, byteOffset, byteLength } = record.Data ?? new Uint8Array();
    const token: RecordToken = { reader: this, position, sequenceNumber };
    return {
      body: Buffer.from(buffer, byteOffset, byteLength),
      key: keyIn(record.PartitionKey ?? ''),
      place: { scope: this.scope, position },
      attempt: undefined,
      redelivered: undefined,
      requestedNs,
      leaseMs: undefined,
      headers: undefined,
      token,
    };
  }
}
