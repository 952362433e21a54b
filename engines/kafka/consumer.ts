import {
  Consumer as ClientConsumer,
  ConnectionPool,
  FetchIsolationLevels,
} from '@platformatic/kafka';
import { setTimeout as pause } from 'node:timers/promises';
import { AckmarkError, invariant } from '../../harness/core/errors.ts';
import type {
  ActorContext,
  Consumer,
  ConsumerSink,
  ConsumerSpec,
  Delivery,
  Settlement,
  Start,
  Target,
} from '../engine.ts';
import { Commits } from './commits.ts';
import {
  baseOptions,
  cannotConnect,
  type FetchResponse,
  keepErrorsFromThrowing,
  keepPoolFromThrowing,
  onClientEvent,
  sessionTimeoutMs,
  within,
} from './connection.ts';
import { Membership } from './membership.ts';
import type { KafkaOptions } from './options.ts';
import { brokerErrors, Code } from './outcomes.ts';
import { nearestReadable, readRecords } from './records.ts';
import { scopeTable } from './scopes.ts';
import { committedPositions, listedPositions, startPosition } from './positions.ts';

const closeMs = 3_000;
/** The group's connection also carries JoinGroup, which the broker answers after the rebalance. */
const consumerRetries = 20;
const consumerRetryDelayMs = 100;

/**
 * A member of a consumer group. The client does the membership; fetching and committing are done here,
 * because the client's stream fetches ahead of what was asked for, and its commit joins the group again
 * after a rebalance and then commits for partitions that others own by then.
 */
export class KafkaConsumer implements Consumer {
  readonly #client: ClientConsumer;
  readonly #fetchPool: ConnectionPool;
  readonly #options: KafkaOptions;
  readonly #actor: ActorContext;
  readonly #sink: ConsumerSink;
  readonly #start: Start;
  readonly #topic: string;
  readonly #firstScope: number;
  readonly #groupId: string;
  readonly #sessionMs: number;
  readonly #commits: Commits;
  readonly #fetching = new Set<number>();
  readonly #positions = new Map<number, bigint>();
  #buffer: Delivery[] = [];
  #buffered = 0;
  #membership: Membership | undefined;
  #permits = 0;
  /** Grows with every assignment, seek and close; what an older fetch brings is thrown away. */
  #epoch = 0;
  #rebalancing = false;
  #pumping = false;
  #closed: Promise<void> | undefined;
  #closedByOwner = false;

  constructor(
    target: Target,
    options: KafkaOptions,
    actor: ActorContext,
    spec: ConsumerSpec,
    sink: ConsumerSink,
  ) {
    const subscription = spec.deployed.topology.subscriptions[spec.subscription];
    const destination = subscription?.destination ?? -1;
    const topic = spec.deployed.topology.destinations[destination];
    invariant(subscription !== undefined && topic !== undefined, 'a subscription to nothing');
    this.#options = options;
    this.#actor = actor;
    this.#sink = sink;
    this.#start = spec.start;
    this.#topic = topic.name;
    this.#groupId = subscription.name;
    this.#firstScope = scopeTable(spec.deployed.topology).scopeOf(destination, 0);
    this.#sessionMs = sessionTimeoutMs(target, options);
    const common = {
      ...baseOptions(target, options, actor.name),
      retries: consumerRetries,
      retryDelay: consumerRetryDelayMs,
      maxInflights: 5,
      requestTimeout: this.#sessionMs * 2 + options.requestTimeoutMs,
    };
    this.#client = new ClientConsumer({
      ...common,
      groupId: this.#groupId,
      autocommit: false,
      sessionTimeout: this.#sessionMs,
      rebalanceTimeout: this.#sessionMs,
      heartbeatInterval: options.heartbeatIntervalMs,
      isolationLevel: isolationOf(options),
      protocolsMetadata: () => this.#beforeJoin(),
    });
    this.#fetchPool = new ConnectionPool(common.clientId, {
      ...common,
      requestTimeout: options.fetchMaxWaitMs + options.requestTimeoutMs,
    });
    this.#commits = new Commits(this.#client, (ticket, outcome, code) => {
      this.#sink.settled(ticket, -1, outcome, code);
    });
    this.#client.topics.track(this.#topic);
    keepErrorsFromThrowing(this.#client, (error) => this.#end(error));
    keepPoolFromThrowing(this.#fetchPool);
    this.#client.connections.on('disconnect', () => this.#end(lostConnection(target)));
    this.#fetchPool.on('disconnect', () => this.#end(lostConnection(target)));
    this.#client.on('consumer:group:rebalance', () => {
      this.#rebalancing = true;
    });
    onClientEvent(this.#client, 'consumer:group:join', () => this.#joined());
  }

  /** Resolves when the group has given this member its first assignment, which may be empty. */
  async open(target: Target, timeoutMs: number): Promise<void> {
    try {
      await within(
        this.#client.joinGroup({}),
        timeoutMs,
        `joining group ${this.#groupId}`,
        this.#actor.signal,
      );
    } catch (cause) {
      await this.close();
      throw cannotConnect(target, cause);
    }
  }

  request(permits: number): void {
    this.#permits += permits;
    this.#pump();
  }

  settle(ticket: number, of: readonly Delivery[], how: Settlement): void {
    const membership = this.#membership;
    if (this.#closed !== undefined) {
      this.#sink.settled(ticket, -1, 'fail', Code.clientClosed);
    } else if (how.how !== 'acknowledge') {
      this.#sink.settled(ticket, -1, 'fail', Code.notOffered);
    } else if (membership === undefined || of.some(({ token }) => token !== membership)) {
      this.#sink.settled(ticket, -1, 'fail', Code.membershipLost);
    } else {
      this.#commits.add(ticket, of, membership);
    }
  }

  async seek(to: Start): Promise<void> {
    const membership = this.#membership;
    if (membership === undefined) return;
    this.#forgetFetched();
    const epoch = this.#epoch;
    const partitions =
      to.at === 'position'
        ? membership.partitions.filter((one) => this.#firstScope + one === to.scope)
        : membership.partitions;
    const positions =
      to.at === 'position'
        ? new Map(partitions.map((one) => [one, BigInt(to.position.major)]))
        : await listedPositions(this.#client, this.#topic, partitions, to.at);
    if (epoch !== this.#epoch) return;
    this.#commits.allowGoingBack();
    for (const [partition, position] of positions) this.#positions.set(partition, position);
    this.#pump();
  }

  close(): Promise<void> {
    this.#closedByOwner = true;
    this.#closed ??= this.#leave();
    return this.#closed;
  }

  async #leave(): Promise<void> {
    this.#forgetFetched();
    await this.#commits.idle(closeMs);
    await within(this.#client.close(true), closeMs, 'leaving the group').catch(() =>
      // A broker that does not answer must not keep us; its session timeout removes the member.
      this.#client.connections.close().catch(() => undefined),
    );
    await within(this.#fetchPool.close(), closeMs, 'closing').catch(() => undefined);
    this.#commits.abandon();
  }

  /** The client awaits it before every JoinGroup: the one chance to settle before the scopes are gone. */
  async #beforeJoin(): Promise<Buffer> {
    const membership = this.#membership;
    if (membership !== undefined && this.#closed === undefined) {
      const scopes = membership.scopes;
      this.#forgetFetched();
      this.#positions.clear();
      const orderly = this.#rebalancing && (await this.#handOver(scopes));
      this.#membership = undefined;
      if (!orderly && this.#closed === undefined) this.#sink.lost(scopes);
    }
    this.#rebalancing = false;
    return Buffer.alloc(0);
  }

  /** Half a session at most: heartbeats rest meanwhile, and the group must not take us for dead. */
  async #handOver(scopes: readonly number[]): Promise<boolean> {
    const patienceMs = this.#sessionMs / 2;
    return within(this.#sink.revoking(scopes), patienceMs, 'handing over')
      .then(() => this.#commits.idle(patienceMs))
      .then(
        () => true,
        () => false,
      );
  }

  #joined(): void {
    if (this.#closed !== undefined) return;
    const { memberId, generationId, coordinatorId } = this.#client;
    const partitions =
      this.#client.assignments?.find(({ topic }) => topic === this.#topic)?.partitions ?? [];
    this.#forgetFetched();
    this.#positions.clear();
    const membership = new Membership({
      groupId: this.#groupId,
      memberId: memberId ?? '',
      generationId,
      coordinatorId: coordinatorId ?? -1,
      topic: this.#topic,
      firstScope: this.#firstScope,
      partitions: [...partitions],
    });
    this.#membership = membership;
    this.#sink.assigned(membership.scopes, generationId);
    this.#findPositions(membership, this.#epoch).catch((error: unknown) => this.#end(error));
  }

  async #findPositions(membership: Membership, epoch: number): Promise<void> {
    this.#commits.forget();
    if (membership.partitions.length === 0) return;
    const committed = await committedPositions(this.#client, membership);
    const fresh = membership.partitions.filter((partition) => !committed.has(partition));
    const at = this.#start.at === 'latest' ? 'latest' : 'earliest';
    const listed =
      fresh.length === 0
        ? new Map<number, bigint>()
        : await listedPositions(this.#client, this.#topic, fresh, at);
    if (epoch !== this.#epoch) return;
    for (const partition of membership.partitions) {
      const position =
        committed.get(partition) ??
        startPosition(this.#start, this.#firstScope + partition) ??
        listed.get(partition);
      if (position !== undefined) this.#positions.set(partition, position);
    }
    this.#pump();
  }

  #forgetFetched(): void {
    this.#epoch += 1;
    this.#buffer = [];
    this.#buffered = 0;
  }

  /** Hands out what is buffered, then asks every leader that is not being asked for more. */
  #pump(): void {
    if (this.#pumping || this.#closed !== undefined) return;
    this.#pumping = true;
    while (this.#permits > 0 && this.#buffered < this.#buffer.length) {
      const batch = this.#buffer.slice(this.#buffered, this.#buffered + this.#permits);
      this.#buffered += batch.length;
      this.#permits -= batch.length;
      this.#sink.deliver(batch);
    }
    this.#pumping = false;
    if (this.#buffered >= this.#buffer.length) {
      this.#buffer = [];
      this.#buffered = 0;
      if (this.#permits > 0 && this.#positions.size > 0) this.#fetchAll();
    }
  }

  #fetchAll(): void {
    const epoch = this.#epoch;
    this.#client.metadata({ topics: [this.#topic] }, (error, metadata) => {
      if (epoch !== this.#epoch || this.#closed !== undefined) return;
      if (error !== null || metadata === undefined) {
        this.#end(error);
        return;
      }
      const topic = metadata.topics.get(this.#topic);
      const byLeader = new Map<number, number[]>();
      for (const partition of this.#positions.keys()) {
        const leader = topic?.partitions[partition]?.leader ?? -1;
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition]);
      }
      for (const [leader, partitions] of byLeader) {
        if (leader >= 0 && !this.#fetching.has(leader)) {
          this.#fetch(leader, topic?.id ?? '', partitions);
        }
      }
      // Between a leader's death and the next election nobody can be asked.
      if (byLeader.has(-1)) void this.#pumpLater();
    });
  }

  async #pumpLater(): Promise<void> {
    this.#client.clearMetadata();
    await pause(consumerRetryDelayMs, undefined, { ref: false });
    this.#pump();
  }

  #fetch(leader: number, topicId: string, partitions: readonly number[]): void {
    const epoch = this.#epoch;
    const requestedNs = this.#actor.nowNs();
    const from = new Map(partitions.map((one) => [one, this.#positions.get(one) ?? 0n]));
    this.#fetching.add(leader);
    this.#client.fetch(
      {
        node: leader,
        connectionPool: this.#fetchPool,
        isolationLevel: isolationOf(this.#options),
        minBytes: 1,
        maxWaitTime: this.#options.fetchMaxWaitMs,
        maxBytes: this.#options.fetchMaxBytes,
        topics: [
          {
            topicId,
            partitions: partitions.map((partition) => ({
              partition,
              fetchOffset: from.get(partition) ?? 0n,
              partitionMaxBytes: this.#options.fetchMaxBytes,
              currentLeaderEpoch: -1,
              lastFetchedEpoch: -1,
            })),
          },
        ],
      },
      (error, response) => {
        this.#fetching.delete(leader);
        if (this.#closed !== undefined) return;
        if (epoch === this.#epoch) this.#fetched(error, response, from, requestedNs);
        this.#pump();
      },
    );
  }

  #fetched(
    error: Error | null,
    response: FetchResponse | undefined,
    from: ReadonlyMap<number, bigint>,
    requestedNs: number,
  ): void {
    const membership = this.#membership;
    if (membership === undefined) return;
    if (error !== null || response === undefined) {
      if (!this.#movedIntoRange(error)) this.#end(error);
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

  /** The records at a position may have been deleted or truncated: go on at the nearest that exist. */
  #movedIntoRange(error: unknown): boolean {
    const names = brokerErrors(error);
    if (names.size !== 1 || !names.has('OFFSET_OUT_OF_RANGE')) return false;
    const nearest = nearestReadable(error, this.#positions);
    for (const [partition, position] of nearest) this.#positions.set(partition, position);
    return nearest.size > 0;
  }

  #end(error: unknown): void {
    if (this.#closed !== undefined) return;
    // No answer will come any more; waiting for one would only delay the next session.
    this.#commits.abandon();
    this.#closed = this.#leave();
    void this.#tell(error);
  }

  async #tell(error: unknown): Promise<void> {
    await this.#closed;
    if (!this.#closedByOwner) this.#sink.disconnected(error);
  }
}

function isolationOf(options: KafkaOptions): 0 | 1 {
  return options.isolation === 'read-committed'
    ? FetchIsolationLevels.READ_COMMITTED
    : FetchIsolationLevels.READ_UNCOMMITTED;
}

function lostConnection(target: Target): AckmarkError {
  return new AckmarkError('CONNECT_FAILED', `lost the connection to Kafka at ${target.address}`, {
    hint: 'The broker ended or the network was cut; a new session can be opened when it is back.',
  });
}
