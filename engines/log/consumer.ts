import { describeError } from '../../harness/core/errors.ts';
import type { Answer } from '../embedded/answer.ts';
import { BrokerConnection, type ConnectOptions } from '../embedded/client.ts';
import type { ProducerIdentity } from '../embedded/log/entries.ts';
import { ClientCode } from '../embedded/outcomes.ts';
import type { ByteReader } from '../embedded/protocol/bytes.ts';
import { beginRequest, sealRequest } from '../embedded/protocol/frame.ts';
import {
  type AssignedPartition,
  readAssignment,
  readFetched,
  writeEndOffsets,
  writeFetch,
  writeJoinGroup,
} from '../embedded/protocol/log-messages.ts';
import { Api } from '../embedded/protocol/protocol.ts';
import type {
  ActorContext,
  Consumer,
  ConsumerSink,
  Delivery,
  Outcome,
  Settlement,
  Start,
} from '../engine.ts';
import { commitOffsets, includeOffsets, offsetsAfter } from './commits.ts';
import { Fetched } from './fetched.ts';
import type { LogOptions } from './options.ts';

export interface Subscription {
  readonly group: string;
  readonly topic: number;
  readonly start: Start;
}

/**
 * One member of a consumer group. It fetches when it has permits and nothing in hand, keeps what a batch
 * brings beyond the permits, and forgets it when its partitions are revoked. Commits carry the generation
 * in which their messages were delivered, so the broker can refuse those of a member that lost them.
 */
export class LogConsumer implements Consumer {
  readonly #options: LogOptions;
  readonly #actor: ActorContext;
  readonly #subscription: Subscription;
  readonly #sink: ConsumerSink;
  readonly #positions = new Map<number, number>();
  readonly #inHand = new Fetched();
  /** Settled when the first assignment has come or cannot come. */
  readonly #joined = Promise.withResolvers<void>();
  #connection: BrokerConnection | undefined;
  #generation = 0;
  /** Grows whenever positions become invalid; answers to older fetches are ignored. */
  #epoch = 0;
  #assigned = false;
  #fetching = false;
  #delivering = false;
  #permits = 0;
  /** Given up, but the harness is still settling what it had of them. */
  #revoking: readonly number[] = [];
  #opened = false;
  #over = false;

  constructor(
    options: LogOptions,
    actor: ActorContext,
    subscription: Subscription,
    sink: ConsumerSink,
  ) {
    this.#options = options;
    this.#actor = actor;
    this.#subscription = subscription;
    this.#sink = sink;
    // Whoever waits for it hears of the failure; nobody may be waiting any more.
    this.#joined.promise.catch(() => {});
  }

  /** Resolves with the first assignment. @throws AckmarkError */
  async open(connect: ConnectOptions): Promise<void> {
    const connection = await BrokerConnection.open(connect, {
      pushed: (api, body) => this.#pushed(api, body),
      closed: (error) => this.#disconnected(error),
      drained: () => {},
    });
    this.#connection = connection;
    try {
      await this.#join(connection);
      await this.#joined.promise;
      this.#opened = true;
    } catch (error) {
      this.#over = true;
      connection.close();
      throw error;
    }
  }

  request(permits: number): void {
    this.#permits += permits;
    this.#pump();
  }

  settle(ticket: number, of: readonly Delivery[], how: Settlement): void {
    if (how.how !== 'acknowledge') {
      queueMicrotask(() => this.#sink.settled(ticket, -1, 'fail', ClientCode.notOffered));
      return;
    }
    const generations = Map.groupBy(of.keys(), (index) => Number(of[index]?.token));
    for (const [generation, indexes] of generations) {
      const consumed = { generation, offsets: offsetsAfter(indexes.map((index) => of[index])) };
      commitOffsets(this.#connection, consumed, (outcome, code) => {
        const answered = generations.size === 1 ? [-1] : indexes;
        for (const index of answered) this.#sink.settled(ticket, index, outcome, code);
      });
    }
  }

  /** Their offsets join the transaction of a producer; `fail` for partitions that are not its own any more. */
  async include(identity: ProducerIdentity, upTo: readonly Delivery[]): Promise<Outcome> {
    const generations = Map.groupBy(upTo, ({ token }) => Number(token));
    for (const [generation, deliveries] of generations) {
      if (this.#over || this.#connection === undefined) return 'fail';
      const consumed = { generation, offsets: offsetsAfter(deliveries) };
      const outcome = await includeOffsets(this.#connection, identity, consumed);
      if (outcome !== 'ok') return outcome;
    }
    return 'ok';
  }

  async seek(to: Start): Promise<void> {
    const targets = await this.#targets(to);
    for (const partition of this.#positions.keys()) {
      const offset = targets(partition);
      if (offset !== undefined) this.#positions.set(partition, offset);
    }
    this.#forget();
    this.#pump();
  }

  async close(): Promise<void> {
    if (this.#over) return;
    this.#assigned = false;
    this.#forget();
    // The answer to the farewell comes after those to all commits before it.
    await this.#connection?.call(beginRequest(Api.leaveGroup)).catch(() => {});
    this.abandon();
  }

  /** Ends at once; open settlements become unknown. */
  abandon(): void {
    this.#over = true;
    this.#connection?.close();
  }

  #join(connection: BrokerConnection): Promise<ByteReader> {
    const { group, topic } = this.#subscription;
    const { isolation } = this.#options;
    const request = { group, topic, isolation };
    return connection.call(writeJoinGroup(beginRequest(Api.joinGroup), request));
  }

  #pushed(api: number, body: ByteReader): void {
    if (this.#over) return;
    if (api === Api.groupAssign) this.#assign(readAssignment(body));
    else if (api === Api.groupRevoke) this.#revoke().catch(this.#fail);
    else if (api === Api.groupRemoved) this.#removed().catch(this.#fail);
  }

  #assign(assignment: { generation: number; partitions: readonly AssignedPartition[] }): void {
    this.#forget();
    this.#positions.clear();
    for (const assigned of assignment.partitions) {
      this.#positions.set(assigned.partition, this.#firstOffset(assigned));
    }
    this.#generation = assignment.generation;
    this.#assigned = true;
    this.#sink.assigned([...this.#positions.keys()], this.#generation);
    this.#joined.resolve();
    this.#pump();
  }

  #firstOffset({ partition, committed, end }: AssignedPartition): number {
    const { start } = this.#subscription;
    if (committed !== undefined) return committed;
    if (start.at === 'latest') return end;
    return start.at === 'position' && start.scope === partition ? start.position.major : 0;
  }

  /** The harness settles what it holds; then the member says that it has given everything up. */
  async #revoke(): Promise<void> {
    const scopes = this.#giveUp();
    const epoch = this.#epoch;
    this.#revoking = scopes;
    if (scopes.length > 0) await this.#sink.revoking(scopes);
    if (this.#over || epoch !== this.#epoch) return;
    this.#revoking = [];
    // Refused only if the group went on without this member, which it learns by a push of its own.
    this.#connection?.request(sealRequest(beginRequest(Api.rejoinGroup)), () => {});
  }

  async #removed(): Promise<void> {
    const scopes = [...this.#revoking, ...this.#giveUp()];
    this.#revoking = [];
    if (scopes.length > 0) this.#sink.lost(scopes);
    if (this.#connection === undefined) return;
    await this.#join(this.#connection);
  }

  readonly #fail = (error: unknown): void =>
    this.#connection?.fail(error instanceof Error ? error : new Error(describeError(error)));

  #giveUp(): readonly number[] {
    const scopes = [...this.#positions.keys()];
    this.#assigned = false;
    this.#positions.clear();
    this.#forget();
    return scopes;
  }

  #forget(): void {
    this.#epoch += 1;
    this.#fetching = false;
    this.#inHand.clear();
  }

  #pump(): void {
    if (!this.#assigned || this.#over || this.#delivering) return;
    while (this.#permits > 0 && !this.#inHand.isEmpty) {
      const batch = this.#inHand.take(this.#permits, this.#generation);
      for (const { place } of batch) {
        if (place !== undefined) this.#positions.set(place.scope, place.position.major + 1);
      }
      this.#permits -= batch.length;
      // The harness may ask for more in the middle of a delivery; the loop sees it.
      this.#delivering = true;
      this.#sink.deliver(batch);
      this.#delivering = false;
    }
    if (this.#permits > 0 && !this.#fetching && this.#positions.size > 0) this.#fetch();
  }

  #fetch(): void {
    const epoch = this.#epoch;
    const requestedNs = this.#actor.nowNs();
    const request = writeFetch(beginRequest(Api.fetch), {
      topic: this.#subscription.topic,
      positions: [...this.#positions].map(([partition, offset]) => ({ partition, offset })),
      maxMessages: this.#permits,
      maxBytes: this.#options.fetchBytes,
      maxWaitMs: this.#options.fetchWaitMs,
      isolation: this.#options.isolation,
    });
    this.#fetching = true;
    this.#connection?.request(sealRequest(request), (answer) => {
      if (epoch !== this.#epoch || this.#over) return;
      this.#fetching = false;
      this.#fetched(answer, requestedNs);
    });
  }

  #fetched(answer: Answer, requestedNs: number): void {
    if (answer.kind === 'lost') return;
    if (answer.kind === 'refused') {
      this.#connection?.fail(new Error(`a fetch was refused: ${answer.reason}`));
      return;
    }
    for (const part of readFetched(answer.body)) {
      this.#inHand.add(part, this.#positions.get(part.partition) ?? part.baseOffset, requestedNs);
    }
    this.#pump();
  }

  async #targets(to: Start): Promise<(partition: number) => number | undefined> {
    if (to.at === 'earliest') return () => 0;
    if (to.at === 'position') {
      return (partition) => (partition === to.scope ? to.position.major : undefined);
    }
    const { topic } = this.#subscription;
    const request = writeEndOffsets(beginRequest(Api.endOffsets), topic, this.#options.isolation);
    const ends = await this.#connection?.call(request);
    const offsets: number[] = [];
    for (let left = ends?.u16() ?? 0; left > 0; left -= 1) offsets.push(ends?.u64() ?? 0);
    return (partition) => offsets[partition];
  }

  #disconnected(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#joined.reject(error);
    if (!this.#opened) return;
    const scopes = [...this.#revoking, ...this.#giveUp()];
    if (scopes.length > 0) this.#sink.lost(scopes);
    this.#sink.disconnected(error);
  }
}
