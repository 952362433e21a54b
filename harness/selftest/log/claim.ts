import {
  EventKind,
  type EventRecord,
  Flag,
  type OutcomeCode,
  SettlementCode,
} from '../../core/events.ts';
import { fail, ok, placeFields, unknown } from '../../simulate/world/message.ts';
import type { LogConsumer } from './log-consumer.ts';
import type { LogGroup } from './log-group.ts';
import type { Entry } from './partition.ts';

/**
 * One scope in the hands of one member for one generation: fetches ahead of the work, and commits behind
 * it, one commit at a time so that an old one never overtakes a new one.
 */
export class Claim {
  readonly scope: number;
  readonly generation: number;
  readonly #of: LogGroup;
  readonly #owner: LogConsumer;
  /** The last entry before its start. */
  #below: number;
  #hasRead = false;
  /** Entries delivered that the work has not come to. */
  #inHand = 0;
  #position: number;
  #done: number;
  #committed: number;
  #isCommitting = false;
  #isEnding = false;
  #unsettled: Entry[] = [];
  #afterCommit: (() => void)[] = [];

  constructor(of: LogGroup, owner: LogConsumer, scope: number, generation: number) {
    this.#of = of;
    this.#owner = owner;
    this.scope = scope;
    this.generation = generation;
    const start = of.coordinator.committedOf(scope);
    const isEarly = of.world.defect.strikes('starts-too-early', 1, start > 1);
    const hasMore = start > 0 && this.#partition.end > start;
    const isLate = of.world.defect.strikes('starts-too-late', 1, hasMore);
    this.#position = start - (isEarly ? 1 : 0) + (isLate ? 1 : 0);
    this.#below = start - 1;
    this.#done = this.#position;
    this.#committed = this.#position;
    this.#fetch();
  }

  get isIdle(): boolean {
    return this.#inHand === 0 && !this.#isCommitting && this.#done === this.#committed;
  }

  /** It goes on reading though the scope is not its own any more. */
  readOn(): void {
    const { world, network, broker, options } = this.#of;
    const requestedNs = world.agenda.nowNs;
    network.call<ReturnType<typeof broker.fetch>>(
      (answer) => answer(broker.fetch(this.scope, this.#position, 1, options.group)),
      (reply) => {
        if (reply.as === 'answered') this.#write(reply.answer.entries, requestedNs);
      },
    );
  }

  get hasMore(): boolean {
    return this.#partition.end > this.#position;
  }

  /** Nothing is fetched any more. */
  end(): void {
    this.#isEnding = true;
  }

  processed(entry: Entry): void {
    this.#inHand -= 1;
    const done = this.#inHand === 0 ? this.#position : entry.offset + 1;
    this.#done = Math.max(this.#done, done);
    this.#unsettled.push(entry);
    if (this.#inHand === 0 || this.#unsettled.length >= this.#of.options.batch) this.#commit();
  }

  /** Commits what is done, and says when that was answered. */
  commitThen(then: () => void): void {
    this.#afterCommit.push(then);
    if (!this.#isCommitting) this.#commit();
  }

  #fetch(): void {
    const { world, network, broker, coordinator, options } = this.#of;
    // A client that stood still for longer than its session lasts hears from the group before it goes on.
    if (this.#isEnding || !coordinator.has(this.#owner)) return;
    const room = options.batch * 2 - this.#inHand;
    const requestedNs = world.agenda.nowNs;
    if (room < options.batch) return this.#fetchLater();
    network.call<ReturnType<typeof broker.fetch>>(
      (answer) => answer(broker.fetch(this.scope, this.#position, options.batch, options.group)),
      (reply) => {
        this.#owner.awake(() => {
          if (this.#isEnding) return;
          if (reply.as === 'answered') this.#fetched(reply.answer, requestedNs);
          this.#fetchLater();
        });
      },
    );
  }

  #fetchLater(): void {
    const pollNs = this.#of.options.pollMs * 1e6;
    this.#of.world.agenda.after(pollNs, () => this.#owner.awake(() => this.#fetch()));
  }

  #fetched({ entries, end }: { entries: readonly Entry[]; end: number }, auxNs: number): void {
    const { world, options } = this.#of;
    const beyond = entries.length === 0 ? end : 0;
    this.#position = Math.max(this.#position, beyond, ...entries.map(({ offset }) => offset + 1));
    if (options.recordsReads) {
      world.history.write(EventKind.read, { ...this.#where(end), auxNs });
    }
    const isBelow = this.#below >= 0 && this.#hasRead;
    this.#hasRead ||= entries.length > 0;
    if (entries.length > 0 && world.defect.strikes('serves-below-committed', 1, isBelow)) {
      this.#write(this.#partition.read(this.#below, 1), auxNs);
    }
    this.#write(entries, auxNs);
    this.#inHand += entries.length;
    this.#owner.work(this, entries);
    if (this.#inHand > 0 || this.#position === this.#done) return;
    // What lies behind the last entry is nobody's work: the markers of transactions.
    this.#done = this.#position;
    this.#commit();
  }

  #write(entries: readonly Entry[], auxNs: number): void {
    for (const entry of entries) {
      const told = this.#of.options.isPlaceless ? undefined : this.#partition.placeOf(entry.offset);
      const { flags = 0, ...place } = placeFields(told);
      const { lane, seq } = entry.message;
      this.#of.world.history.write(EventKind.deliver, {
        ...this.#owner.who,
        ...place,
        flags: flags | Flag.pulled,
        lane,
        seq,
        auxNs,
      });
    }
  }

  #commit(): void {
    if (this.#isCommitting) return;
    if (this.#done === this.#committed && this.#unsettled.length === 0) return this.#committedAll();
    this.#isCommitting = true;
    const { world, network, coordinator } = this.#of;
    const upTo = this.#positionToCommit();
    const settling = [...this.#unsettled];
    const ticket = world.history.ticket();
    const commit = { ...this.#where(upTo), ticket, ref: this.generation };
    world.history.write(EventKind.offsetCommitInvoke, commit);
    this.#writeSettlements(EventKind.settleInvoke, settling, { ticket });
    network.call<boolean>(
      (answer) => answer(coordinator.commit(this.#owner, this.scope, upTo, this.generation)),
      (reply) => {
        this.#owner.awake(() => {
          this.#isCommitting = false;
          const outcome = reply.as !== 'answered' ? unknown : reply.answer ? ok : fail;
          world.history.write(EventKind.offsetCommitSettled, { ...commit, outcome });
          this.#writeSettlements(EventKind.settleSettled, settling, { ticket, outcome });
          this.#answered(upTo, settling.length, outcome);
        });
      },
    );
  }

  #answered(upTo: number, settled: number, outcome: OutcomeCode): void {
    if (outcome === fail) {
      this.#owner.fenced();
      return this.#committedAll();
    }
    if (outcome === ok) {
      this.#committed = upTo;
      this.#unsettled = this.#unsettled.slice(settled);
      if (upTo > this.#done) return this.#owner.crash();
    }
    if (this.#isEnding || this.#inHand === 0) this.#commit();
  }

  /** A member that commits what it has only asked for, and dies, leaves a gap behind. */
  #positionToCommit(): number {
    const { end } = this.#partition;
    const isBehind = end > this.#position && !this.#isEnding;
    if (!isBehind || !this.#of.world.defect.strikes('commits-ahead')) return this.#done;
    this.#isEnding = true;
    return end;
  }

  #committedAll(): void {
    const waiting = this.#afterCommit;
    this.#afterCommit = [];
    for (const then of waiting) then();
  }

  #writeSettlements(
    kind: EventKind,
    of: readonly Entry[],
    fields: Pick<EventRecord, 'ticket'> & Partial<EventRecord>,
  ): void {
    const { world } = this.#of;
    for (const { message, offset } of of) {
      const { lane, seq } = message;
      const place = placeFields(this.#partition.placeOf(offset));
      const detail = SettlementCode.acknowledge;
      world.history.write(kind, { ...this.#owner.who, ...place, lane, seq, detail, ...fields });
    }
  }

  #where(offset: number): Partial<EventRecord> {
    return { ...this.#owner.who, ...placeFields(this.#partition.placeOf(offset)) };
  }

  get #partition() {
    const partition = this.#of.broker.partitions[this.scope];
    if (partition === undefined) throw new RangeError(`no partition ${this.scope}`);
    return partition;
  }
}
