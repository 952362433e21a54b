import { type Consumer as ClientConsumer, ConnectionPool } from '@platformatic/kafka';
import { setTimeout as pause } from 'node:timers/promises';
import type { ActorContext, Delivery, Target } from '../engine.ts';
import { baseOptions, type FetchResponse, keepPoolFromThrowing } from './connection.ts';
import type { Membership } from './membership.ts';
import { isolationLevel, type KafkaOptions } from './options.ts';
import { brokerErrors } from './outcomes.ts';
import { listedPositions } from './positions.ts';
import { outOfRange, readRecords } from './records.ts';

/** How long to wait for the next leader of a partition that has none. */
const leaderlessMs = 100;

export interface FetcherSink {
  deliver(batch: readonly Delivery[]): void;
  /** What had been read is read again: positions lie before those that were settled. */
  wentBack(): void;
  /** The loop cannot go on. */
  failed(error: unknown): void;
  /** A socket was closed that was not closed here. */
  disconnected(): void;
}

/**
 * The fetch loop of one consumer: asks every leader of an assigned partition for what is wanted, holds what
 * came beyond that, and hands out no more than was requested. Its requests have connections of their own,
 * because the broker holds back everything behind a waiting fetch.
 */
export class Fetcher {
  readonly #client: ClientConsumer;
  readonly #pool: ConnectionPool;
  readonly #options: KafkaOptions;
  readonly #actor: ActorContext;
  readonly #topic: string;
  readonly #sink: FetcherSink;
  readonly #asking = new Set<number>();
  readonly #positions = new Map<number, bigint>();
  #membership: Membership | undefined;
  #buffer: Delivery[] = [];
  #handedOut = 0;
  #permits = 0;
  /** Grows with everything that makes older fetches worthless; what they bring is thrown away. */
  #epoch = 0;
  #handing = false;
  #closed = false;

  constructor(
    client: ClientConsumer,
    target: Target,
    options: KafkaOptions,
    actor: ActorContext,
    topic: string,
    sink: FetcherSink,
  ) {
    this.#client = client;
    this.#options = options;
    this.#actor = actor;
    this.#topic = topic;
    this.#sink = sink;
    this.#pool = new ConnectionPool(actor.name, {
      ...baseOptions(target, options, actor.name),
      requestTimeout: options.fetchMaxWaitMs + options.requestTimeoutMs,
    });
    keepPoolFromThrowing(this.#pool);
    this.#pool.on('disconnect', () => sink.disconnected());
  }

  get epoch(): number {
    return this.#epoch;
  }

  request(permits: number): void {
    this.#permits += permits;
    this.#pump();
  }

  /** Forgets everything and asks for nothing until `read`. */
  halt(): void {
    this.#epoch += 1;
    this.#buffer = [];
    this.#handedOut = 0;
    this.#positions.clear();
    this.#membership = undefined;
  }

  /** Starts at these positions, on behalf of `membership`. */
  read(membership: Membership, positions: ReadonlyMap<number, bigint>): void {
    this.halt();
    this.#membership = membership;
    for (const [partition, position] of positions) this.#positions.set(partition, position);
    this.#pump();
  }

  /** Goes on elsewhere in these partitions; what is held of the others is still handed out. */
  move(positions: ReadonlyMap<number, bigint>): void {
    const first = this.#membership?.firstScope ?? 0;
    this.#epoch += 1;
    this.#buffer = this.#buffer
      .slice(this.#handedOut)
      .filter(({ place }) => place === undefined || !positions.has(place.scope - first));
    this.#handedOut = 0;
    for (const [partition, position] of positions) {
      if (this.#positions.has(partition)) this.#positions.set(partition, position);
    }
    this.#pump();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.halt();
    await this.#pool.close();
  }

  /** Hands out what is held, then asks every leader that is not being asked for more. */
  #pump(): void {
    if (this.#handing || this.#closed) return;
    this.#handing = true;
    while (this.#permits > 0 && this.#handedOut < this.#buffer.length) {
      const batch = this.#buffer.slice(this.#handedOut, this.#handedOut + this.#permits);
      this.#handedOut += batch.length;
      this.#permits -= batch.length;
      this.#sink.deliver(batch);
    }
    this.#handing = false;
    if (this.#handedOut < this.#buffer.length) return;
    this.#buffer = [];
    this.#handedOut = 0;
    if (this.#permits > 0 && this.#positions.size > 0) this.#askAll();
  }

  #askAll(): void {
    const epoch = this.#epoch;
    this.#client.metadata({ topics: [this.#topic] }, (error, metadata) => {
      if (epoch !== this.#epoch) return;
      if (error !== null || metadata === undefined) {
        this.#sink.failed(error);
        return;
      }
      const topic = metadata.topics.get(this.#topic);
      const byLeader = new Map<number, number[]>();
      for (const partition of this.#positions.keys()) {
        const leader = topic?.partitions[partition]?.leader ?? -1;
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition]);
      }
      for (const [leader, partitions] of byLeader) {
        if (leader >= 0 && !this.#asking.has(leader)) {
          this.#ask(leader, topic?.id ?? '', partitions);
        }
      }
      if (byLeader.has(-1)) void this.#pumpLater();
    });
  }

  async #pumpLater(): Promise<void> {
    this.#client.clearMetadata();
    await pause(leaderlessMs, undefined, { ref: false });
    this.#pump();
  }

  #ask(leader: number, topicId: string, partitions: readonly number[]): void {
    const epoch = this.#epoch;
    const requestedNs = this.#actor.nowNs();
    const from = new Map(partitions.map((one) => [one, this.#positions.get(one) ?? 0n]));
    this.#asking.add(leader);
    this.#client.fetch(
      {
        node: leader,
        connectionPool: this.#pool,
        isolationLevel: isolationLevel(this.#options),
        minBytes: 1,
        maxWaitTime: this.#options.fetchMaxWaitMs,
        maxBytes: this.#options.fetchMaxBytes,
        topics: [
          {
            topicId,
            partitions: Array.from(from, ([partition, fetchOffset]) => ({
              partition,
              fetchOffset,
              partitionMaxBytes: this.#options.fetchMaxBytes,
              currentLeaderEpoch: -1,
              lastFetchedEpoch: -1,
            })),
          },
        ],
      },
      (error, response) => {
        this.#asking.delete(leader);
        if (epoch === this.#epoch) this.#answered(error, response, from, requestedNs);
        this.#pump();
      },
    );
  }

  #answered(
    error: Error | null,
    response: FetchResponse | undefined,
    from: ReadonlyMap<number, bigint>,
    requestedNs: number,
  ): void {
    const membership = this.#membership;
    if (membership === undefined) return;
    if (error !== null || response === undefined) {
      if (!this.#startedOver(error, membership)) this.#sink.failed(error);
      return;
    }
    for (const partition of response.responses.flatMap((topic) => topic.partitions)) {
      const first = from.get(partition.partitionIndex);
      // A fetch session may answer for a partition that was not asked about: its data is stale.
      if (first === undefined) continue;
      const next = readRecords(partition, first, {
        membership,
        requestedNs,
        committedOnly: this.#options.isolation === 'read-committed',
        into: this.#buffer,
      });
      this.#positions.set(partition.partitionIndex, next);
    }
  }

  /**
   * The records at a position may have been deleted, or truncated by a leader that never had them: go on at the earliest
   * that exist (`auto.offset.reset=earliest`), because of what a truncated log got since nobody knows what was read.
   */
  #startedOver(error: unknown, membership: Membership): boolean {
    const names = brokerErrors(error);
    if (names.size !== 1 || !names.has('OFFSET_OUT_OF_RANGE')) return false;
    const gone = outOfRange(error).filter((partition) => this.#positions.delete(partition));
    if (gone.length === 0) return false;
    void this.#readEarliest(gone, membership);
    return true;
  }

  async #readEarliest(partitions: readonly number[], membership: Membership): Promise<void> {
    try {
      const earliest = await listedPositions(this.#client, this.#topic, partitions, 'earliest');
      if (membership !== this.#membership) return;
      this.#sink.wentBack();
      for (const [partition, position] of earliest) this.#positions.set(partition, position);
      this.#pump();
    } catch (error) {
      if (membership === this.#membership) this.#sink.failed(error);
    }
  }
}
