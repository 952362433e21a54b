import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { invariant } from '../../harness/core/errors.ts';
import { AwsCode } from '../aws/outcomes.ts';
import type {
  ActorContext,
  Consumer,
  ConsumerSink,
  ConsumerSpec,
  Delivery,
  Settlement,
  Start,
} from '../engine.ts';
import { subscribed } from '../subscribed.ts';
import { Checkpoints } from './checkpoints.ts';
import { LeaseLink } from './lease-link.ts';
import type { Lease } from './lease-protocol.ts';
import type { KinesisOptions } from './options.ts';
import { ShardReader } from './shard-reader.ts';
import { type ReadFrom, readFrom } from './shard-source.ts';
import { madeOf } from './shards.ts';
import { StreamShards } from './stream-shards.ts';

/**
 * One of the consumers of a subscription. It reads the shards that the table of leases gives it, each behind the
 * subscription's checkpoint, and delivers by turns what it has of them. While it waits for the last settlements of
 * shards that it gives up, it delivers nothing.
 */
export class KinesisConsumer implements Consumer {
  readonly #client: KinesisClient;
  readonly #options: KinesisOptions;
  readonly #actor: ActorContext;
  readonly #spec: ConsumerSpec;
  readonly #sink: ConsumerSink;
  readonly #stream: StreamShards;
  readonly #checkpoints: Checkpoints;
  readonly #joined = Promise.withResolvers<void>();
  #readers: readonly ShardReader[] = [];
  #link: LeaseLink | undefined;
  #permits = 0;
  #isJoined = false;
  #isDelivering = false;
  #revocations = 0;
  #revoked: Promise<void> = Promise.resolve();
  /** Grows when it is removed: what a revocation before it waited for is moot. */
  #membership = 0;
  #isOver = false;
  #closing: Promise<void> | undefined;

  constructor(
    client: KinesisClient,
    options: KinesisOptions,
    actor: ActorContext,
    spec: ConsumerSpec,
    sink: ConsumerSink,
  ) {
    this.#client = client;
    this.#options = options;
    this.#actor = actor;
    this.#spec = spec;
    this.#sink = sink;
    const { destination } = subscribed(spec.deployed.topology, spec.subscription).subscription;
    const stream = StreamShards.allOf(spec.deployed)[destination];
    invariant(stream !== undefined, `no destination ${destination}`);
    this.#stream = stream;
    this.#checkpoints = new Checkpoints(sink);
    this.#joined.promise.catch(() => {}); // Whoever waits for it hears of it.
  }

  /** Resolves with the first assignment, which may be empty. */
  async open(): Promise<void> {
    this.#link = await LeaseLink.open(madeOf(this.#spec.deployed).leases, {
      assigned: (leases, generation) => this.#assigned(leases, generation),
      revoked: (shards) => this.#revoke(shards),
      removed: () => this.#removed(),
      checkpointed: (ticket, refused) => this.#checkpoints.answered(ticket, refused),
      ended: (error) => this.#end(error),
    });
    this.#join();
    await this.#joined.promise;
  }

  request(permits: number): void {
    this.#permits += permits;
    this.#pump();
  }

  settle(ticket: number, of: readonly Delivery[], how: Settlement): void {
    const link = this.#link;
    if (how.how !== 'acknowledge' || link === undefined || this.#isOver) {
      const code = how.how === 'acknowledge' ? AwsCode.notConnected : AwsCode.unsupported;
      queueMicrotask(() => {
        if (this.#closing === undefined) this.#sink.settled(ticket, -1, 'fail', code);
      });
      return;
    }
    this.#checkpoints.settle(link, ticket, of);
  }

  async seek(to: Start): Promise<void> {
    this.#checkpoints.forget();
    for (const reader of this.#readers) {
      const from = this.#seekOf(to, reader);
      if (from !== undefined) reader.move(from);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stopAll();
    // The answer to the farewell comes after those to all checkpoints before it.
    await this.#link?.leave();
    this.#isOver = true;
    this.#checkpoints.abandon(AwsCode.closedByUs);
    this.#joined.resolve();
  }

  #join(): void {
    const { deployed, subscription } = this.#spec;
    const { name } = subscribed(deployed.topology, subscription).subscription;
    this.#link?.join(name, this.#stream.shards.length, this.#options.failoverMs);
  }

  #assigned(leases: readonly Lease[], generation: number): void {
    if (this.#closing !== undefined) return;
    const fresh = leases.map(
      ({ shard, after }) =>
        new ShardReader(
          this.#client,
          this.#options,
          this.#actor,
          this.#stream,
          { shard, generation, from: this.#fromOf(shard, after) },
          {
            isHungry: () => this.#permits > 0 && !this.#isPaused,
            filled: () => this.#pump(),
            failed: (error) => this.#end(error),
          },
        ),
    );
    this.#readers = [...this.#readers, ...fresh];
    this.#sink.assigned(
      fresh.map(({ scope }) => scope),
      generation,
    );
    for (const reader of fresh) reader.start();
    this.#isJoined = true;
    this.#joined.resolve();
  }

  /** The harness settles what it holds; then it is said that they are given up, one revocation after another. */
  #revoke(shards: readonly number[]): void {
    if (this.#closing !== undefined) return;
    const membership = this.#membership;
    const given = this.#readers.filter(({ shard }) => shards.includes(shard));
    this.#readers = this.#readers.filter((reader) => !given.includes(reader));
    for (const reader of given) reader.stop();
    this.#revocations += 1;
    const scopes = given.map(({ scope }) => scope);
    const settled = scopes.length > 0 ? this.#sink.revoking(scopes) : Promise.resolve();
    // Whoever waits for it hears of a failure in its turn.
    settled.catch(() => {});
    this.#revoked = this.#revoked
      .then(() => settled)
      .then(
        () => {
          for (const reader of given) this.#checkpoints.drop(reader);
          if (membership !== this.#membership) return;
          this.#revocations -= 1;
          this.#link?.gaveUp();
          this.#pump();
        },
        (error: unknown) => this.#end(error),
      );
  }

  /** It was silent for too long. What it was giving up is lost with the rest. */
  #removed(): void {
    this.#membership += 1;
    this.#revocations = 0;
    this.#loseAll();
    this.#join();
  }

  #loseAll(): void {
    const scopes = this.#stopAll();
    this.#checkpoints.forget();
    if (scopes.length > 0) this.#sink.lost(scopes);
  }

  #stopAll(): readonly number[] {
    const stopped = this.#readers;
    this.#readers = [];
    for (const reader of stopped) reader.stop();
    return stopped.map(({ scope }) => scope);
  }

  /** What no other try would mend; another session may. */
  #end(error: unknown): void {
    if (this.#isOver || this.#closing !== undefined) return;
    this.#isOver = true;
    this.#loseAll();
    this.#link?.destroy();
    this.#checkpoints.abandon(AwsCode.connectionLost);
    if (this.#isJoined) this.#sink.disconnected(error);
    else this.#joined.reject(error);
  }

  #pump(): void {
    if (this.#isDelivering || this.#isPaused) return;
    this.#isDelivering = true;
    // The harness may ask for more in the middle of a delivery; the loop sees it.
    for (let isAny = true; isAny && this.#permits > 0; ) {
      isAny = false;
      for (const reader of this.#readers) {
        const batch = reader.take(this.#permits);
        if (batch.length === 0) continue;
        isAny = true;
        this.#permits -= batch.length;
        this.#sink.deliver(batch);
      }
    }
    this.#isDelivering = false;
    if (this.#permits > 0) for (const reader of this.#readers) reader.wake();
  }

  get #isPaused(): boolean {
    return this.#revocations > 0 || this.#isOver || this.#closing !== undefined;
  }

  /** Behind the checkpoint where there is one, else where the subscription starts. */
  #fromOf(shard: number, after: string | null): ReadFrom {
    if (after !== null) return { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: after };
    const { start } = this.#spec;
    if (start.at !== 'position') return readFrom(start);
    const { scope, position } = start;
    if (scope !== this.#stream.firstScope + shard) return { type: 'TRIM_HORIZON' };
    const sequenceNumber = this.#stream.positionsOf(shard).sequenceNumberOf(position);
    return { type: 'AT_SEQUENCE_NUMBER', sequenceNumber };
  }

  /** @returns undefined for a shard that stays where it is */
  #seekOf(to: Start, { scope, shard }: ShardReader): ReadFrom | undefined {
    if (to.at !== 'position') return readFrom(to);
    if (scope !== to.scope) return undefined;
    const sequenceNumber = this.#stream.positionsOf(shard).sequenceNumberOf(to.position);
    return { type: 'AT_SEQUENCE_NUMBER', sequenceNumber };
  }
}
