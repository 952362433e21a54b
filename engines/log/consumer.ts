import { describeError } from '../../harness/core/errors.ts';
import type { Answer } from '../embedded/answer.ts';
import { type BrokerConnection, type ConnectOptions, openAtLeader } from '../embedded/at-leader.ts';
import type { ProducerIdentity } from '../embedded/log/entries.ts';
import { ClientCode } from '../embedded/outcomes.ts';
import type { ByteReader } from '../embedded/protocol/bytes.ts';
import { beginRequest, sealRequest } from '../embedded/protocol/frame.ts';
import {
  type AssignedPartition,
  readAssignment,
  readRevocation,
  writeJoinGroup,
} from '../embedded/protocol/group-messages.ts';
import { readFetched, writeFetch } from '../embedded/protocol/log-messages.ts';
import { Api, Status } from '../embedded/protocol/protocol.ts';
import type {
  ActorContext,
  Consumer,
  ConsumerSink,
  Delivery,
  Outcome,
  Settlement,
  Start,
} from '../engine.ts';
import { Fetched } from './fetched.ts';
import type { LogOptions } from './options.ts';
import { Presence } from './presence.ts';
import { acknowledge, includeInTransaction } from './settling.ts';
import { firstOffsetOf, resetPositions, seekPositions } from './starting.ts';
import type { Subscription } from './subscription.ts';

/**
 * One member of a consumer group. It fetches when it has permits and nothing in hand, keeps what a batch
 * brings beyond the permits, and forgets what it has of a partition when that is revoked. While it waits
 * for a revocation's last settlements it delivers nothing, as a client whose callback runs in its poll.
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
  #presence: Presence | undefined;
  #firstOffset = (assigned: AssignedPartition): number => assigned.start;
  #generation = 0;
  /** Grows when it is removed or leaves: what a revocation before it waited for is moot. */
  #membership = 0;
  /** Grows whenever positions become invalid; answers to older fetches are ignored. */
  #epoch = 0;
  #fetching = false;
  #delivering = false;
  #permits = 0;
  /** Given up, but the harness is still settling what it had of them. */
  #revoking: readonly number[] = [];
  #revocation: Promise<void> = Promise.resolve();
  #isMember = true;
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
    this.#joined.promise.catch(() => {}); // Whoever waits for it hears of it.
  }

  /** Resolves with the first assignment. @throws AckmarkError */
  async open(connect: ConnectOptions): Promise<void> {
    const connection = await openAtLeader(connect, {
      pushed: (api, body) => this.#pushed(api, body),
      closed: (error) => this.#disconnected(error),
      drained: () => {},
    });
    this.#connection = connection;
    this.#presence = new Presence(this.#options, {
      nowNs: () => this.#actor.nowNs(),
      heartbeat: () => this.#tell(Api.heartbeat),
      expired: () => this.#polledTooRarely(),
    });
    try {
      this.#firstOffset = await firstOffsetOf(connection, this.#subscription);
      await this.#join(connection);
      await this.#joined.promise;
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.#opened = true;
  }

  request(permits: number): void {
    this.#permits += permits;
    this.#presence?.mayDeliver(this.#permits);
    if (!this.#isMember && permits > 0) this.#joinAgain().catch(this.#fail);
    this.#pump();
  }

  settle(ticket: number, of: readonly Delivery[], how: Settlement): void {
    if (how.how === 'acknowledge') {
      acknowledge(this.#connection, ticket, of, this.#sink.settled.bind(this.#sink));
      return;
    }
    queueMicrotask(() => this.#sink.settled(ticket, -1, 'fail', ClientCode.notOffered));
  }

  include(identity: ProducerIdentity, upTo: readonly Delivery[]): Promise<Outcome> {
    return includeInTransaction(this.#connection, identity, upTo);
  }

  async seek(to: Start): Promise<void> {
    if (this.#connection === undefined) return;
    await seekPositions(this.#connection, this.#subscription, this.#options, to, this.#positions);
    this.#inHand.clear();
    this.#fetchAnew();
  }

  /** A static member does not say goodbye: it may come back. */
  async close(): Promise<void> {
    if (this.#over) return;
    this.#giveUp([...this.#positions.keys()]);
    // The answer to the farewell comes after those to all commits before it.
    const farewell = this.#subscription.instance === undefined ? Api.leaveGroup : Api.heartbeat;
    await this.#connection?.call(beginRequest(farewell)).catch(() => {});
    this.abandon();
  }

  /** Ends at once; open settlements become unknown. */
  abandon(): void {
    this.#over = true;
    this.#presence?.stop();
    this.#connection?.close();
  }

  #join(connection: BrokerConnection): Promise<ByteReader> {
    const { group, topic, instance } = this.#subscription;
    const { rebalance: protocol, sessionTimeoutMs, isolation } = this.#options;
    this.#isMember = true;
    const request = { group, topic, protocol, sessionTimeoutMs, instance, isolation };
    return connection.call(writeJoinGroup(beginRequest(Api.joinGroup), request));
  }

  /** What is refused because the group went on without this member, it learns by a push of its own. */
  #tell(api: Api): void {
    this.#connection?.request(sealRequest(beginRequest(api)), () => {});
  }

  #pushed(api: number, body: ByteReader): void {
    if (this.#over) return;
    if (api === Api.groupAssign) this.#assign(readAssignment(body));
    else if (api === Api.groupRevoke) this.#revoke(readRevocation(body).partitions);
    else if (api === Api.groupRemoved) this.#removed();
    else if (api === Api.groupFenced) {
      this.#fail(new Error('another connection came with the same instance id'));
    }
  }

  #assign(assignment: { generation: number; partitions: readonly AssignedPartition[] }): void {
    for (const assigned of assignment.partitions) {
      this.#positions.set(assigned.partition, this.#firstOffset(assigned));
    }
    this.#generation = assignment.generation;
    const scopes = assignment.partitions.map(({ partition }) => partition);
    this.#sink.assigned(scopes, assignment.generation);
    this.#joined.resolve();
    this.#fetchAnew();
  }

  /** The harness settles what it holds; then the member says that it has given that up, one after another. */
  #revoke(partitions: readonly number[]): void {
    const membership = this.#membership;
    const scopes = this.#giveUp(partitions);
    this.#revoking = [...this.#revoking, ...scopes];
    const settled = scopes.length > 0 ? this.#sink.revoking(scopes) : Promise.resolve();
    // Whoever waits for it hears of a failure in its turn.
    settled.catch(() => {});
    this.#revocation = this.#revocation
      .then(() => settled)
      .then(() => {
        if (this.#over || membership !== this.#membership) return;
        this.#revoking = this.#revoking.filter((scope) => !scopes.includes(scope));
        this.#tell(Api.rejoinGroup);
        this.#fetchAnew();
      })
      .catch(this.#fail);
  }

  #removed(): void {
    this.#loseAll();
    if (this.#isMember) this.#joinAgain().catch(this.#fail);
  }

  async #joinAgain(): Promise<void> {
    if (this.#connection !== undefined) await this.#join(this.#connection);
  }

  /** It leaves, so that others get on with its partitions, and comes back when it is asked for messages. */
  #polledTooRarely(): void {
    if (!this.#isMember) return;
    this.#isMember = false;
    this.#tell(Api.leaveGroup);
    this.#loseAll();
  }

  readonly #fail = (error: unknown): void =>
    this.#connection?.fail(error instanceof Error ? error : new Error(describeError(error)));

  #loseAll(): void {
    const scopes = [...this.#revoking, ...this.#giveUp([...this.#positions.keys()])];
    this.#revoking = [];
    this.#membership += 1;
    if (scopes.length > 0) this.#sink.lost(scopes);
  }

  #giveUp(partitions: readonly number[]): readonly number[] {
    const scopes = partitions.filter((partition) => this.#positions.delete(partition));
    this.#inHand.drop(scopes);
    this.#epoch += 1;
    this.#fetching = false;
    return scopes;
  }

  #fetchAnew(): void {
    this.#epoch += 1;
    this.#fetching = false;
    this.#pump();
  }

  #pump(): void {
    if (this.#over || this.#delivering || this.#revoking.length > 0) return;
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
    this.#presence?.mayDeliver(this.#permits);
    if (this.#permits > 0 && !this.#fetching && this.#positions.size > 0) this.#fetch();
  }

  #fetch(): void {
    const epoch = this.#epoch;
    const requestedNs = this.#actor.nowNs();
    const { fetchBytes: maxBytes, fetchWaitMs: maxWaitMs, isolation } = this.#options;
    const positions = [...this.#positions].map(([partition, offset]) => ({ partition, offset }));
    const most = { maxMessages: this.#permits, maxBytes, maxWaitMs };
    const wished = { topic: this.#subscription.topic, positions, isolation, ...most };
    const request = writeFetch(beginRequest(Api.fetch), wished);
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
      const isGone = answer.status === Status.offsetOutOfRange;
      if (isGone) return void this.#reset().catch(this.#fail);
      return this.#fail(new Error(`a fetch was refused: ${answer.reason}`));
    }
    for (const part of readFetched(answer.body)) {
      this.#inHand.add(part, this.#positions.get(part.partition) ?? part.baseOffset, requestedNs);
    }
    this.#pump();
  }

  /** What it wished to read is not there: it goes on where its policy says. */
  async #reset(): Promise<void> {
    if (this.#connection === undefined) return;
    await resetPositions(this.#connection, this.#subscription, this.#options, this.#positions);
    this.#fetchAnew();
  }

  #disconnected(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#presence?.stop();
    this.#joined.reject(error);
    if (!this.#opened) return;
    this.#loseAll();
    this.#sink.disconnected(error);
  }
}
