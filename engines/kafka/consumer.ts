import { Consumer as ClientConsumer } from '@platformatic/kafka';
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
  keepErrorsFromThrowing,
  onClientEvent,
  sessionTimeoutMs,
  within,
} from './connection.ts';
import { Fetcher } from './fetcher.ts';
import { Membership } from './membership.ts';
import { isolationLevel, type KafkaOptions } from './options.ts';
import { Code } from './outcomes.ts';
import { scopeTable } from './scopes.ts';
import { committedPositions, listedPositions, startPosition } from './positions.ts';

const closeMs = 3_000;
const consumerRetries = 20;
const consumerRetryDelayMs = 100;

/**
 * A member of a consumer group. The client does the membership; fetching and committing are done here,
 * because the client's stream fetches ahead of what was asked for, and its commit joins the group again
 * after a rebalance and then commits for partitions that others own by then.
 */
export class KafkaConsumer implements Consumer {
  readonly #client: ClientConsumer;
  readonly #fetcher: Fetcher;
  readonly #actor: ActorContext;
  readonly #sink: ConsumerSink;
  readonly #start: Start;
  readonly #topic: string;
  readonly #firstScope: number;
  readonly #groupId: string;
  readonly #sessionMs: number;
  readonly #commits: Commits;
  #membership: Membership | undefined;
  #rebalancing = false;
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
    if (spec.start.at === 'time') throw notByTime();
    this.#actor = actor;
    this.#sink = sink;
    this.#start = spec.start;
    this.#topic = topic.name;
    this.#groupId = subscription.name;
    this.#firstScope = scopeTable(spec.deployed.topology).scopeOf(destination, 0);
    this.#sessionMs = sessionTimeoutMs(target, options);
    this.#client = new ClientConsumer({
      ...baseOptions(target, options, actor.name),
      retries: consumerRetries,
      retryDelay: consumerRetryDelayMs,
      maxInflights: 5,
      // The group's connection also carries JoinGroup, which is answered after the rebalance.
      requestTimeout: this.#sessionMs * 2 + options.requestTimeoutMs,
      groupId: this.#groupId,
      ...(options.staticMembers && spec.instance !== undefined
        ? { groupInstanceId: spec.instance }
        : {}),
      autocommit: false,
      sessionTimeout: this.#sessionMs,
      rebalanceTimeout: this.#sessionMs,
      heartbeatInterval: options.heartbeatIntervalMs,
      isolationLevel: isolationLevel(options),
      protocolsMetadata: () => this.#beforeJoin(),
    });
    this.#fetcher = new Fetcher(this.#client, target, options, actor, this.#topic, {
      deliver: (batch) => sink.deliver(batch),
      wentBack: () => this.#commits.allowGoingBack(),
      failed: (error) => this.#end(error),
      disconnected: () => this.#end(lostConnection(target)),
    });
    this.#commits = new Commits(this.#client, (ticket, outcome, code) => {
      this.#sink.settled(ticket, -1, outcome, code);
    });
    this.#client.topics.track(this.#topic);
    keepErrorsFromThrowing(this.#client, (error) => this.#end(error));
    this.#client.connections.on('disconnect', () => this.#end(lostConnection(target)));
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
    this.#fetcher.request(permits);
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
    if (to.at === 'time') throw notByTime();
    const { epoch } = this.#fetcher;
    const positions =
      to.at === 'position'
        ? new Map([[to.scope - this.#firstScope, BigInt(to.position.major)]])
        : await listedPositions(this.#client, this.#topic, membership.partitions, to.at);
    if (epoch !== this.#fetcher.epoch) return;
    this.#commits.allowGoingBack();
    this.#fetcher.move(positions);
  }

  close(): Promise<void> {
    this.#closedByOwner = true;
    this.#closed ??= this.#leave();
    return this.#closed;
  }

  async #leave(): Promise<void> {
    this.#fetcher.halt();
    await this.#commits.idle(closeMs);
    await within(this.#client.close(true), closeMs, 'leaving the group').catch(() =>
      // A broker that does not answer must not keep us; its session timeout removes the member.
      this.#client.connections.close().catch(() => undefined),
    );
    await within(this.#fetcher.close(), closeMs, 'closing').catch(() => undefined);
    this.#commits.abandon();
  }

  /** The client awaits it before every JoinGroup: the one chance to settle before the scopes are gone. */
  async #beforeJoin(): Promise<Buffer> {
    const membership = this.#membership;
    if (membership !== undefined && this.#closed === undefined) {
      const scopes = membership.scopes;
      this.#fetcher.halt();
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
    this.#fetcher.halt();
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
    this.#resume(membership, this.#fetcher.epoch).catch((error: unknown) => this.#end(error));
  }

  async #resume(membership: Membership, epoch: number): Promise<void> {
    this.#commits.forget();
    if (membership.partitions.length === 0) return;
    const positions = await this.#positionsOf(membership);
    if (epoch === this.#fetcher.epoch) this.#fetcher.read(membership, positions);
  }

  /** Committed where there is something committed, else where the subscription starts. */
  async #positionsOf(membership: Membership): Promise<Map<number, bigint>> {
    const committed = await committedPositions(this.#client, membership);
    const fresh = membership.partitions.filter((partition) => !committed.has(partition));
    const at = this.#start.at === 'latest' ? 'latest' : 'earliest';
    const listed =
      fresh.length === 0 ? [] : await listedPositions(this.#client, this.#topic, fresh, at);
    const positions = new Map([...listed, ...committed]);
    for (const partition of fresh) {
      const named = startPosition(this.#start, this.#firstScope + partition);
      if (named !== undefined) positions.set(partition, named);
    }
    return positions;
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

function lostConnection(target: Target): AckmarkError {
  return new AckmarkError('CONNECT_FAILED', `lost the connection to Kafka at ${target.address}`, {
    hint: 'The broker ended or the network was cut; a new session can be opened when it is back.',
  });
}

function notByTime(): AckmarkError {
  return new AckmarkError('USAGE', 'this engine does not look for messages by their time', {
    hint: 'Start at a position, the earliest or the latest.',
  });
}
