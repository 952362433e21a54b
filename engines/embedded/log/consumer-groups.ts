import { JournalError } from '../journal/commit-log.ts';
import { Status } from '../protocol/protocol.ts';
import type { Keeps } from '../rules.ts';
import { CommittedNews } from './committed-news.ts';
import type { LogEntry, PartitionOffset } from './entries.ts';
import { Group, type Joining } from './group.ts';
import type { GroupListener } from './member.ts';
import type { IncludedOffsets } from './open-transaction.ts';
import type { RebalanceProtocol } from './rebalance.ts';
import { commitRefusal, type Refused } from './refusals.ts';
import type { Done } from './topics.ts';

type GroupEntry = Extract<LogEntry, { kind: 'offsets-committed' | 'generation-begun' }>;

export interface ConsumerGroupsOptions {
  readonly rebalanceTimeoutMs: number;
  readonly keeps: Keeps;
  /** Writes an entry into the journal and applies it. @throws JournalError */
  readonly record: (entry: GroupEntry, committed: () => void) => void;
  /** Called before partitions of the group change hands. @throws JournalError */
  readonly beforeGeneration: (group: string) => void;
}

export interface JoinRequest extends Omit<Joining, 'session'> {
  readonly group: string;
  readonly topic: number;
  readonly protocol: RebalanceProtocol;
}

interface GroupState {
  readonly committed: Map<number, Map<number, number>>;
  generation: number;
  group: Group | undefined;
  readonly news: CommittedNews;
}

/** The consumer groups of a log: their committed offsets and generations are durable, their members are not. */
export class ConsumerGroups {
  readonly #options: ConsumerGroupsOptions;
  readonly #groups = new Map<string, GroupState>();
  readonly #membership = new Map<number, Group>();

  constructor(options: ConsumerGroupsOptions) {
    this.#options = options;
  }

  committedOffset(group: string, topic: number, partition: number): number | undefined {
    if (!this.#options.keeps('deliver-from-committed')) return undefined;
    return this.#groups.get(group)?.committed.get(topic)?.get(partition);
  }

  /** @param partitions of the topic that it asks for */
  join(
    session: number,
    request: JoinRequest,
    partitions: number,
    tell: GroupListener,
    nowMs: number,
  ): Done {
    const { group: name, topic, protocol, instance, sessionTimeoutMs } = request;
    if (this.#membership.get(session)?.has(session) === true) {
      return badRequest('the connection is a member of a group already');
    }
    if (sessionTimeoutMs < 1) return badRequest('a member needs a session timeout');
    const state = this.#group(name);
    if (state.group === undefined || state.group.size === 0) {
      state.group = new Group({
        name,
        topic,
        partitions,
        protocol,
        rebalanceTimeoutMs: this.#options.rebalanceTimeoutMs,
        generation: state.generation,
        keeps: this.#options.keeps,
        beginGeneration: () => this.#beginGeneration(name, state),
      });
    }
    if (state.group.topic !== topic) return badRequest('the group consumes another topic');
    if (state.group.protocol !== protocol) {
      return badRequest(`the group rebalances by the ${state.group.protocol} protocol`);
    }
    this.#membership.set(session, state.group);
    const tellLater: GroupListener = (event) => state.news.tell(() => tell(event));
    state.group.join({ session, instance, sessionTimeoutMs }, tellLater, nowMs);
    return { status: Status.ok };
  }

  /** The member has given up what it was asked for. */
  rejoin(session: number, nowMs: number): Done {
    return answer(this.#membership.get(session)?.rejoin(session, nowMs));
  }

  heartbeat(session: number, nowMs: number): Done {
    return answer(this.#membership.get(session)?.heartbeat(session, nowMs));
  }

  leave(session: number, nowMs: number): Done {
    const left = this.#membership.get(session)?.leave(session, nowMs);
    this.#membership.delete(session);
    return answer(left);
  }

  disconnected(session: number, nowMs: number): void {
    this.#membership.get(session)?.disconnected(session, nowMs);
    this.#membership.delete(session);
  }

  commit(
    session: number,
    generation: number,
    offsets: readonly PartitionOffset[],
    nowMs: number,
    done: (committed: Done) => void,
  ): void {
    const checked = this.check(session, generation, offsets, nowMs);
    if (checked.status !== Status.ok) return done(checked);
    const { group, topic } = checked;
    this.#options.record({ kind: 'offsets-committed', group, topic, offsets }, () =>
      done({ status: Status.ok }),
    );
  }

  /** Whether this member may commit these offsets now, by itself or in a transaction. */
  check(
    session: number,
    generation: number,
    offsets: readonly PartitionOffset[],
    nowMs: number,
  ):
    | { readonly status: typeof Status.ok; readonly group: string; readonly topic: number }
    | Refused {
    const group = this.#membership.get(session);
    const check = group?.checkCommit(session, generation, offsets, nowMs) ?? 'not-a-member';
    const isRefused = check !== 'ok' && this.#options.keeps('fence-commits');
    if (group === undefined || isRefused) {
      return commitRefusal[check === 'ok' ? 'not-a-member' : check];
    }
    return { status: Status.ok, group: group.name, topic: group.topic };
  }

  /** Its topic has more partitions now, which are dealt out. */
  grow(topic: number, partitions: number, nowMs: number): void {
    for (const { group } of this.#groups.values()) {
      if (group?.topic === topic) group.grow(partitions, nowMs);
    }
  }

  tick(nowMs: number): void {
    for (const { group } of this.#groups.values()) group?.tick(nowMs);
    // Without the fence whoever was removed commits on.
    if (!this.#options.keeps('fence-commits')) return;
    for (const [session, group] of this.#membership) {
      if (!group.has(session)) this.#membership.delete(session);
    }
  }

  /** When `tick` must be called next, if nothing else happens before. */
  nextWakeMs(): number | undefined {
    let next: number | undefined;
    for (const { group } of this.#groups.values()) {
      const deadlineMs = group?.deadlineMs;
      if (deadlineMs !== undefined) next = Math.min(next ?? deadlineMs, deadlineMs);
    }
    return next;
  }

  apply(entry: GroupEntry): void {
    if (entry.kind === 'offsets-committed') this.advance(entry);
    else this.#group(entry.group).generation = entry.generation;
  }

  /** The offsets are in the journal, by themselves or with the transaction that included them. */
  advance(to: IncludedOffsets): void {
    const { committed } = this.#group(to.group);
    const ofTopic = committed.get(to.topic) ?? new Map<number, number>();
    committed.set(to.topic, ofTopic);
    for (const { partition, offset } of to.offsets) ofTopic.set(partition, offset);
  }

  /** Entries that lead to what lasts of the groups. */
  *kept(): Generator<GroupEntry> {
    for (const [group, { generation, committed }] of this.#groups) {
      yield { kind: 'generation-begun', group, generation };
      for (const [topic, byPartition] of committed) {
        const offsets = [...byPartition].map(([partition, offset]) => ({ partition, offset }));
        yield { kind: 'offsets-committed', group, topic, offsets };
      }
    }
  }

  /** What was committed of a topic goes with it. */
  topicDeleted(topic: number): void {
    for (const { committed } of this.#groups.values()) committed.delete(topic);
  }

  #beginGeneration(group: string, { generation: last, news }: GroupState): number | undefined {
    const generation = last + 1;
    const committed = news.begin();
    try {
      this.#options.beforeGeneration(group);
      this.#options.record({ kind: 'generation-begun', group, generation }, committed);
    } catch (error) {
      news.takeBack();
      if (error instanceof JournalError) return undefined;
      throw error;
    }
    return generation;
  }

  #group(name: string): GroupState {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const news = new CommittedNews();
    const state = { committed: new Map(), generation: 0, group: undefined, news };
    this.#groups.set(name, state);
    return state;
  }
}

const badRequest = (reason: string): Refused => ({ status: Status.badRequest, reason });

const answer = (isMember: boolean | undefined): Done =>
  isMember === true ? { status: Status.ok } : commitRefusal['not-a-member'];
