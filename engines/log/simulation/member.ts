import { EventKind } from '../../../harness/core/events.ts';
import type { Random } from '../../../harness/core/random.ts';
import { type ByteReader, ByteWriter } from '../../embedded/protocol/bytes.ts';
import {
  readAssignment,
  readRevocation,
  writeJoinGroup,
} from '../../embedded/protocol/group-messages.ts';
import { type FetchedPart, readFetched, writeFetch } from '../../embedded/protocol/log-messages.ts';
import { Api, Status } from '../../embedded/protocol/protocol.ts';
import type { Answer } from '../../embedded/answer.ts';
import { SimulatedClient } from '../../embedded/simulation/client.ts';
import type { Isolation } from '../../embedded/log/partition.ts';
import type { SimulatedBroker } from '../../embedded/simulation/serving.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import type { MemberPlan } from './member-plan.ts';
import { goOnAtEarliestLeft } from './earliest-left.ts';
import { HeldPartitions } from './held-partitions.ts';
import { MemberCommits } from './member-commits.ts';
import { entriesFrom, type EntryRun, type Who } from './member-events.ts';
import { recordDelivered, recordEach } from './member-events.ts';
import { messagesFrom, takeFront } from './message-runs.ts';

const longPollMs = 20;
const isolation: Isolation = 'read-committed';
const longPollTimeoutMs = 200;
const heartbeatsPerTimeout = 3;

/** One member of a consumer group: fetches, works on one message after the other, commits what is done. */
export class SimulatedMember {
  readonly actor: number;
  readonly #world: SimulatedWorld;
  readonly #plan: MemberPlan;
  readonly #client: SimulatedClient;
  readonly #random: Random;
  readonly #commits: MemberCommits;
  #session = 0;
  #generation = 0;
  readonly #held = new HeldPartitions();
  /** What it had when its connection ended. */
  #formerly: readonly number[] = [];
  #inHand: EntryRun[] = [];
  /** Grows when it loses everything: what was begun before is nobody's. */
  #membership = 0;
  /** Grows whenever what is being fetched becomes worthless. */
  #epoch = 0;
  #isWorking = false;
  #isFetching = false;
  #isOver = false;

  constructor(world: SimulatedWorld, broker: SimulatedBroker, plan: MemberPlan) {
    this.#world = world;
    this.#plan = plan;
    this.actor = world.newActor();
    this.#random = world.random(`member ${this.actor}`);
    this.#client = new SimulatedClient(world, broker, plan.trouble, {
      up: () => this.#up(),
      down: () => this.#down(),
      pushed: (api, body) => this.#pushed(api, body),
    });
    this.#commits = new MemberCommits(world, this.#client, plan, this);
    this.#heartbeat();
  }

  get isIdle(): boolean {
    if (this.#isOver) return true;
    const isBusy = this.#isWorking || this.#commits.isBusy || this.#held.isRevoking;
    return !isBusy && this.#inHand.length === 0;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get generation(): number {
    return this.#generation;
  }

  get plan(): MemberPlan {
    return this.#plan;
  }

  /** It has begun what it will commit afterwards, if it may. */
  get hasWork(): boolean {
    return !this.#isOver && this.#isWorking && !this.#held.isRevoking;
  }

  /** @returns whether there was anybody to stand still */
  stall(forNs: number): boolean {
    if (this.#isOver) return false;
    this.#client.stall(forNs);
    return true;
  }

  /** @returns whether there was anybody to die */
  crash(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#client.close();
    this.#world.history.write(EventKind.crashed, { actor: this.actor });
    return true;
  }

  /** Nobody says anything for a thread that stands still. */
  #heartbeat(): void {
    this.#client.after(this.#plan.sessionTimeoutMs / heartbeatsPerTimeout, () => {
      this.#client.whenAwake(() => {
        this.#client.tell(Api.heartbeat, Buffer.alloc(0));
        this.#heartbeat();
      });
    });
  }

  get who(): Who {
    return { actor: this.actor, group: this.#plan.group, session: this.#session };
  }

  #up(): void {
    this.#session = this.#world.newSession();
    this.#world.history.write(EventKind.sessionOpened, this.who);
    this.#join();
  }

  #join(): void {
    const { topic, protocol, sessionTimeoutMs, instance } = this.#plan;
    const group = `group ${this.#plan.group}`;
    const request = { group, topic, protocol, sessionTimeoutMs, instance, isolation };
    const body = writeJoinGroup(new ByteWriter(), request).finish();
    this.#client.request(Api.joinGroup, body, () => {});
  }

  #down(): void {
    this.#formerly = this.#held.all;
    this.#loseAll();
    this.#world.history.write(EventKind.sessionClosed, this.who);
  }

  #pushed(api: number, body: ByteReader): void {
    if (api === Api.groupAssign) this.#assigned(body);
    else if (api === Api.groupRevoke) this.#revoke(readRevocation(body).partitions);
    else if (api === Api.groupRemoved) {
      this.#world.mark('a member was removed from its group');
      this.#loseAll();
      this.#join();
    } else if (api === Api.groupFenced) {
      this.#world.mark('a static member was fenced by its successor');
      this.crash();
    }
  }

  #assigned(body: ByteReader): void {
    const { generation, partitions } = readAssignment(body);
    if (this.#held.all.length > 0) this.#world.mark('a member got more and kept what it had');
    const isAsBefore = partitions.every(({ partition }) => this.#formerly.includes(partition));
    if (partitions.length > 0 && this.#plan.instance !== undefined && isAsBefore) {
      this.#world.mark('a static member got back what it had');
    }
    this.#formerly = [];
    this.#generation = generation;
    for (const { partition, committed } of partitions) {
      this.#held.give(partition, committed ?? 0, generation);
      // A commit whose answer was lost may have been done.
      this.#commits.advance(new Map([[partition, committed ?? 0]]));
      const assigned = { ...this.who, scope: partition, ref: generation };
      this.#world.history.write(EventKind.assigned, assigned);
    }
    this.#fetchAnew();
  }

  /** What is in hand of them is forgotten; what is done is committed first. */
  #revoke(partitions: readonly number[]): void {
    if (partitions.length < this.#held.all.length) {
      this.#world.mark('only what changed hands was revoked');
    }
    this.#held.ask(partitions);
    this.#inHand = this.#inHand.filter(({ partition }) => !partitions.includes(partition));
    this.#epoch += 1;
    this.#isFetching = false;
    this.#commits.commit();
    this.decided();
  }

  /** Nothing is being committed: what is to be given up and is settled, is given up. */
  decided(): void {
    if (!this.#held.isRevoking || this.#commits.isCommitting) return;
    if (this.#commits.waitsFor((partition) => this.#held.isLeaving(partition))) return;
    for (const partitions of this.#held.takeLeaving()) {
      this.#giveUp(EventKind.revoked, partitions);
      this.#client.request(Api.rejoinGroup, Buffer.alloc(0), () => {});
    }
    this.#fetchAnew();
  }

  #giveUp(kind: EventKind, partitions: readonly number[]): void {
    for (const scope of partitions) {
      if (!this.#held.drop(scope)) continue;
      this.#world.history.write(kind, { ...this.who, scope, ref: this.#generation });
    }
  }

  #loseAll(): void {
    this.#giveUp(EventKind.lost, this.#held.all);
    this.#held.takeLeaving();
    this.#inHand = [];
    this.#commits.forget();
    this.#membership += 1;
    this.#epoch += 1;
    this.#isFetching = false;
  }

  #fetchAnew(): void {
    this.#epoch += 1;
    this.#isFetching = false;
    this.#fetch();
  }

  #fetch(): void {
    if (this.#isOver || this.#isFetching || this.#held.isRevoking) return;
    if (this.#held.all.length === 0 || this.#inHand.length > 0) return;
    this.#isFetching = true;
    const epoch = this.#epoch;
    const auxNs = this.#world.agenda.nowNs;
    const { positions } = this.#held;
    const { topic, fetch: maxMessages } = this.#plan;
    const limits = { maxMessages, maxBytes: 1 << 20, maxWaitMs: longPollMs };
    const body = writeFetch(new ByteWriter(), { topic, positions, ...limits, isolation }).finish();
    const isMoot = (): boolean => this.#isOver || this.#epoch !== epoch;
    const goOn = (): void => {
      this.#isFetching = false;
      this.#world.agenda.after(1e5, () => this.#fetch());
    };
    const then = (answer: Answer): void => {
      if (isMoot()) return;
      const isGone = answer.kind === 'refused' && answer.status === Status.offsetOutOfRange;
      if (isGone) return goOnAtEarliestLeft(this.#client, this.#plan, this.#held, isMoot, goOn);
      this.#isFetching = false;
      if (answer.kind === 'ok') this.#deliver(readFetched(answer.body), auxNs);
      if (answer.kind !== 'lost') this.#world.agenda.after(1e5, () => this.#fetch());
    };
    this.#client.request(Api.fetch, body, then, longPollTimeoutMs);
  }

  #deliver(parts: readonly FetchedPart[], auxNs: number): void {
    const { who } = this;
    for (const part of parts) this.#deliverPart(part, who, auxNs);
    if (this.#plan.settles === 'before-processing') this.#commits.commit();
    this.#work();
  }

  #deliverPart({ partition, baseOffset, batch }: FetchedPart, who: Who, auxNs: number): void {
    const { older, settles } = this.#plan;
    const position = this.#held.positionOf(partition) ?? Number.POSITIVE_INFINITY;
    let offset = Math.max(position, baseOffset);
    older.read(position, offset);
    while (offset < baseOffset + batch.count) {
      const messages = messagesFrom(batch, offset - baseOffset);
      const place = { partition, offset };
      offset += messages?.count ?? 1;
      this.#held.read(partition, offset);
      recordDelivered(this.#world.history, who, place, messages, auxNs);
      if (messages === undefined) continue;
      const entries = { ...messages, ...place };
      older.stored(entries, partition, place.offset);
      this.#inHand.push(entries);
      if (settles === 'before-processing') this.#commits.add(entries);
    }
  }

  #work(): void {
    const entries = this.#isWorking ? [] : takeFront(this.#inHand, this.#plan.bulk, entriesFrom);
    if (entries.length === 0) return this.#fetch();
    const since = entries.map(({ partition }) => this.#held.since(partition));
    const membership = this.#membership;
    const { who } = this;
    this.#isWorking = true;
    recordEach(this.#world.history, EventKind.processStart, who, entries);
    const [low, high] = this.#plan.processMs;
    this.#world.agenda.after((low + this.#random.unit() * (high - low)) * 1e6, () => {
      this.#client.whenAwake(() => {
        this.#isWorking = false;
        if (this.#isOver) return;
        const isMember = this.#membership === membership;
        const held = entries.filter(({ partition }, index) => {
          return isMember && this.#held.keepsSince(partition, since[index]);
        });
        this.#worked(entries, held, who);
        this.#work();
      });
    });
  }

  /** @param held what it still has, of what it has worked on */
  #worked(all: readonly EntryRun[], held: readonly EntryRun[], who: Who): void {
    recordEach(this.#world.history, EventKind.processDone, who, all);
    if (held.length === 0 || this.#plan.settles === 'before-processing') return;
    for (const entries of held) this.#commits.add(entries);
    if (this.#inHand.length === 0 || this.#random.unit() < 0.3) this.#commits.commit();
  }
}
