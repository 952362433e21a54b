import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../../harness/core/events.ts';
import type { Random } from '../../../harness/core/random.ts';
import { type ByteReader, ByteWriter } from '../../embedded/protocol/bytes.ts';
import {
  type FetchedPart,
  readAssignment,
  readFetched,
  writeCommit,
  writeFetch,
  writeJoinGroup,
} from '../../embedded/protocol/log-messages.ts';
import { Api, Status } from '../../embedded/protocol/protocol.ts';
import type { Answer } from '../../embedded/answer.ts';
import { SimulatedClient } from '../../embedded/simulation/client.ts';
import type { Isolation } from '../../embedded/log/partition.ts';
import type { SimulatedNode } from '../../embedded/simulation/node.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import type { MemberPlan } from './member-plan.ts';
import { type Entry, recordInvoked, recordSettled } from './commit-events.ts';
import { decodeMessage } from '../../embedded/simulation/message.ts';

const longPollMs = 20;
const isolation: Isolation = 'read-committed';
const retryAfterNs = 10e6;
const longPollTimeoutMs = 200;

/** One member of a consumer group: fetches, works on one message after the other, commits what is done. */
export class SimulatedMember {
  readonly actor: number;
  readonly #world: SimulatedWorld;
  readonly #plan: MemberPlan;
  readonly #client: SimulatedClient;
  readonly #random: Random;
  #session = 0;
  #generation = 0;
  readonly #positions = new Map<number, number>();
  #inHand: Entry[] = [];
  /** Settled in the order of the consumption, not committed yet. */
  #toCommit: Entry[] = [];
  /** Grows whenever what was fetched becomes worthless. */
  #epoch = 0;
  #isWorking = false;
  #isFetching = false;
  #isCommitting = false;
  #isRevoking = false;
  #isOver = false;

  constructor(world: SimulatedWorld, node: SimulatedNode, plan: MemberPlan) {
    this.#world = world;
    this.#plan = plan;
    this.actor = world.newActor();
    this.#random = world.random(`member ${this.actor}`);
    this.#client = new SimulatedClient(world, node, plan.trouble, {
      up: () => this.#up(),
      down: () => this.#down(),
      pushed: (api, body) => this.#pushed(api, body),
    });
  }

  get isIdle(): boolean {
    if (this.#isOver) return true;
    const isBusy = this.#isWorking || this.#isCommitting || this.#isRevoking;
    return !isBusy && this.#inHand.length === 0 && this.#toCommit.length === 0;
  }

  get group(): number {
    return this.#plan.group;
  }

  /** It has begun what it will commit afterwards, if it may. */
  get hasWork(): boolean {
    return !this.#isOver && this.#isWorking && !this.#isRevoking;
  }

  stall(forNs: number): void {
    this.#client.stall(forNs);
  }

  crash(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#client.close();
    this.#world.history.write(EventKind.crashed, { actor: this.actor });
  }

  get #who(): Pick<EventRecord, 'actor' | 'group' | 'session'> {
    return { actor: this.actor, group: this.#plan.group, session: this.#session };
  }

  #up(): void {
    this.#session = this.#world.newSession();
    this.#world.history.write(EventKind.sessionOpened, this.#who);
    this.#join();
  }

  #join(): void {
    const { group, topic } = this.#plan;
    const request = { group: `group ${group}`, topic, isolation } as const;
    const body = writeJoinGroup(new ByteWriter(), request).finish();
    this.#client.request(Api.joinGroup, body, () => {});
  }

  #down(): void {
    this.#giveUp(EventKind.lost);
    this.#world.history.write(EventKind.sessionClosed, this.#who);
  }

  #pushed(api: number, body: ByteReader): void {
    if (api === Api.groupAssign) this.#assigned(body);
    else if (api === Api.groupRevoke) this.#revoke();
    else if (api === Api.groupRemoved) {
      this.#world.mark('a member was removed from its group');
      this.#giveUp(EventKind.lost);
      this.#join();
    }
  }

  #assigned(body: ByteReader): void {
    const { generation, partitions } = readAssignment(body);
    this.#generation = generation;
    for (const { partition, committed } of partitions) {
      this.#positions.set(partition, committed ?? 0);
      // A commit whose answer was lost may have been done.
      this.#advance(new Map([[partition, committed ?? 0]]));
      const assigned = { ...this.#who, scope: partition, ref: generation };
      this.#world.history.write(EventKind.assigned, assigned);
    }
    this.#fetch();
  }

  /** What is in hand is forgotten; what is done is committed first. */
  #revoke(): void {
    this.#isRevoking = true;
    this.#inHand = [];
    this.#epoch += 1;
    this.#commit();
    this.#endRevocation();
  }

  #endRevocation(): void {
    if (!this.#isRevoking || this.#isCommitting || this.#toCommit.length > 0) return;
    this.#giveUp(EventKind.revoked);
    this.#client.request(Api.rejoinGroup, Buffer.alloc(0), (answer) => {
      // Too late: the others went on without it.
      if (answer.kind === 'refused') this.#join();
    });
  }

  #giveUp(kind: EventKind): void {
    for (const scope of this.#positions.keys()) {
      this.#world.history.write(kind, { ...this.#who, scope, ref: this.#generation });
    }
    this.#positions.clear();
    this.#inHand = [];
    this.#toCommit = [];
    this.#epoch += 1;
    this.#isRevoking = false;
    this.#isCommitting = false;
    this.#isFetching = false;
  }

  #fetch(): void {
    if (this.#isOver || this.#isFetching || this.#isRevoking) return;
    if (this.#positions.size === 0 || this.#inHand.length > 0) return;
    this.#isFetching = true;
    const epoch = this.#epoch;
    const auxNs = this.#world.agenda.nowNs;
    const positions = [...this.#positions].map(([partition, offset]) => ({ partition, offset }));
    const { topic, fetch: maxMessages } = this.#plan;
    const request = {
      topic,
      positions,
      maxMessages,
      maxBytes: 1 << 20,
      maxWaitMs: longPollMs,
      isolation,
    };
    const then = (answer: Answer): void => {
      if (this.#isOver || this.#epoch !== epoch) return;
      this.#isFetching = false;
      if (answer.kind === 'ok') this.#deliver(readFetched(answer.body), auxNs);
      if (answer.kind !== 'lost') this.#world.agenda.after(1e5, () => this.#fetch());
    };
    const body = writeFetch(new ByteWriter(), request).finish();
    this.#client.request(Api.fetch, body, then, longPollTimeoutMs);
  }

  #deliver(parts: readonly FetchedPart[], auxNs: number): void {
    for (const { partition, baseOffset, batch } of parts) {
      for (let index = 0; index < batch.count; index += 1) {
        const offset = baseOffset + index;
        if (offset < (this.#positions.get(partition) ?? 0)) continue;
        this.#positions.set(partition, offset + 1);
        this.#copy(partition, offset, batch.body(index), auxNs);
      }
    }
    if (this.#plan.settles === 'before-processing') this.#commit();
    this.#work();
  }

  #copy(partition: number, offset: number, body: Buffer, auxNs: number): void {
    const where = {
      ...this.#who,
      flags: Flag.placed | Flag.pulled,
      scope: partition,
      positionMajor: offset,
      auxNs,
    };
    const message = decodeMessage(body);
    if (message === undefined) return this.#world.history.write(EventKind.corrupted, where);
    this.#world.history.write(EventKind.deliver, { ...where, ...message });
    const entry = { ...message, partition, offset };
    this.#inHand.push(entry);
    if (this.#plan.settles === 'before-processing') this.#toCommit.push(entry);
  }

  #work(): void {
    const entry = this.#isWorking ? undefined : this.#inHand.shift();
    if (entry === undefined) return this.#fetch();
    const { lane, seq } = entry;
    const message = { ...this.#who, lane, seq };
    const epoch = this.#epoch;
    this.#isWorking = true;
    this.#world.history.write(EventKind.processStart, message);
    const [low, high] = this.#plan.processMs;
    this.#world.agenda.after((low + this.#random.unit() * (high - low)) * 1e6, () => {
      this.#client.whenAwake(() => this.#worked(entry, message, epoch));
    });
  }

  #worked(entry: Entry, message: Partial<EventRecord>, epoch: number): void {
    this.#isWorking = false;
    if (this.#isOver) return;
    this.#world.history.write(EventKind.processDone, message);
    if (this.#epoch === epoch && this.#plan.settles === 'after-processing') {
      this.#toCommit.push(entry);
      if (this.#inHand.length === 0 || this.#random.unit() < 0.3) this.#commit();
    }
    this.#work();
  }

  /** One at a time, so that an old commit never overtakes a new one. */
  #commit(): void {
    if (this.#isCommitting || this.#toCommit.length === 0) return;
    this.#isCommitting = true;
    const entries = this.#toCommit;
    this.#toCommit = [];
    const epoch = this.#epoch;
    const ticket = this.#world.history.ticket();
    const upTo = new Map(entries.map(({ partition, offset }) => [partition, offset + 1]));
    const { history } = this.#world;
    const commit = { who: this.#who, generation: this.#generation, ticket, entries, upTo };
    recordInvoked(history, commit);
    const offsets = [...upTo].map(([partition, offset]) => ({ partition, offset }));
    const body = writeCommit(new ByteWriter(), this.#generation, offsets).finish();
    this.#client.request(Api.commitOffsets, body, (answer) => {
      if (this.#isOver) return;
      const outcome =
        answer.kind === 'ok'
          ? OutcomeCode.ok
          : answer.kind === 'lost'
            ? OutcomeCode.unknown
            : OutcomeCode.fail;
      recordSettled(history, commit, outcome);
      if (outcome === OutcomeCode.fail) this.#world.mark('a commit was refused');
      if (outcome === OutcomeCode.ok) this.#advance(upTo);
      if (this.#epoch !== epoch && !this.#isRevoking) return;
      if (answer.kind === 'refused' && answer.status === Status.storageFailed) {
        return this.#commitAgain(entries);
      }
      this.#isCommitting = false;
      this.#commit();
      this.#endRevocation();
    });
  }

  /** Nothing was wrong with it but the broker's disk. */
  #commitAgain(entries: readonly Entry[]): void {
    this.#toCommit.unshift(...entries);
    const epoch = this.#epoch;
    this.#world.agenda.after(retryAfterNs, () => {
      if (this.#isOver || this.#epoch !== epoch) return;
      this.#isCommitting = false;
      this.#commit();
    });
  }

  #advance(upTo: ReadonlyMap<number, number>): void {
    const { committed } = this.#plan;
    for (const [partition, offset] of upTo) {
      committed.set(partition, Math.max(offset, committed.get(partition) ?? 0));
    }
  }
}
