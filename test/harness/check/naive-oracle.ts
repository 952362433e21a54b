/**
 * The definitions of shared vocabulary, by sets, arrays and nested loops over a whole history: slow, and
 * written without a look at the streaming checks. It tells how many findings are proven and how many are
 * only possible. Lanes 0 to 3 are ordered, 4 and 5 are not.
 */
import type { CellFacts } from '../../../harness/check/check.ts';
import type { CheckId } from '../../../harness/core/clauses.ts';
import {
  CorruptionCode,
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
} from '../../../harness/core/events.ts';

export interface Tally {
  count: number;
  possible: number;
}

export type OracleFindings = Readonly<Record<CheckId, Tally | 'undecided'>>;

type Found = Tally;

const has = (event: EventRecord, flag: number): boolean => (event.flags & flag) !== 0;
const idOf = ({ lane, seq }: EventRecord): string => `${lane}:${seq}`;
const isOf = (id: string) => (event: EventRecord) => idOf(event) === id;

export function oracle(events: readonly EventRecord[], facts: CellFacts): OracleFindings {
  return new Oracle(events, facts).judge();
}

class Oracle {
  readonly #events: readonly EventRecord[];
  readonly #facts: CellFacts;

  constructor(events: readonly EventRecord[], facts: CellFacts) {
    this.#events = events;
    this.#facts = facts;
  }

  judge(): OracleFindings {
    const groups = [...Array(this.#facts.groups).keys()];
    const duplicates = this.#duplicates(groups);
    return {
      D1: this.#losses(groups, this.#acknowledged()),
      D4: duplicates.D4,
      D5: duplicates.D5,
      D6: duplicates.D6,
      D7: { count: this.#phantoms(), possible: 0 },
      D8: { count: this.#ghosts(), possible: 0 },
      D9: { count: this.#corrupted(), possible: 0 },
      D10: this.#lostWithConsumers(groups),
      D12: this.#losses(groups, this.#unsettled(), false),
      O2: this.#reorders(groups),
    };
  }

  // --- sends -----------------------------------------------------------------------------------------

  #sent(): Set<string> {
    return new Set(this.#of(EventKind.sendInvoke).map(idOf));
  }

  #of(kind: EventKind): EventRecord[] {
    return this.#events.filter((event) => event.kind === kind);
  }

  #outcomes(id: string): { invoked: number; outcomes: number[] } {
    return {
      invoked: this.#of(EventKind.sendInvoke).filter(isOf(id)).length,
      outcomes: this.#of(EventKind.sendSettled)
        .filter(isOf(id))
        .map(({ outcome }) => outcome),
    };
  }

  #acknowledged(): string[] {
    return [...this.#sent()].filter((id) => this.#outcomes(id).outcomes.includes(OutcomeCode.ok));
  }

  #refused(): string[] {
    return [...this.#sent()].filter((id) => {
      const { invoked, outcomes } = this.#outcomes(id);
      return outcomes.length === invoked && outcomes.every((one) => one === OutcomeCode.fail);
    });
  }

  #unsettled(): string[] {
    const settled = new Set([...this.#acknowledged(), ...this.#refused()]);
    return [...this.#sent()].filter((id) => !settled.has(id));
  }

  #isInvokedBefore(id: string, index: number): boolean {
    return this.#events
      .slice(0, index)
      .some((event) => event.kind === EventKind.sendInvoke && idOf(event) === id);
  }

  #isResentBefore(id: string, index: number): boolean {
    const before = this.#events.slice(0, index).filter(isOf(id));
    return before.filter(({ kind }) => kind === EventKind.sendInvoke).length > 1;
  }

  // --- arrivals --------------------------------------------------------------------------------------

  /** A copy of the message reached the group before `index`. */
  #arrivedBefore(id: string, group: number, index: number): boolean {
    return this.#events
      .slice(0, index)
      .some(
        (event) =>
          event.kind === EventKind.deliver &&
          event.group === group &&
          idOf(event) === id &&
          this.#sent().has(id),
      );
  }

  /** Indices of deliveries to the group of messages that had been sent by then. */
  #deliveries(group: number): number[] {
    return [...this.#events.keys()].filter((index) => {
      const event = this.#at(index);
      if (event.kind !== EventKind.deliver || event.group !== group) return false;
      return this.#isInvokedBefore(idOf(event), index);
    });
  }

  #at(index: number): EventRecord {
    const event = this.#events[index];
    if (event === undefined) throw new Error(`no event ${index}`);
    return event;
  }

  #isDrained(group: number): boolean {
    return this.#of(EventKind.drainComplete).some((event) => event.group === group);
  }

  #losses(groups: number[], candidates: string[], tellsGaps = true): Found | 'undecided' {
    const found = { count: 0, possible: 0 };
    for (const group of groups) {
      const missing = candidates.filter(
        (id) => !this.#arrivedBefore(id, group, this.#events.length),
      );
      if (this.#isDrained(group)) found.count += missing.length;
      else if (tellsGaps) {
        found.possible += missing.filter((id) => this.#laterArrived(id, group)).length;
      }
    }
    if (found.count === 0 && !groups.every((group) => this.#isDrained(group))) return 'undecided';
    return found;
  }

  #laterArrived(id: string, group: number): boolean {
    const [lane, seq] = id.split(':').map(Number);
    return [...this.#sent()].some((other) => {
      const [otherLane, otherSeq] = other.split(':').map(Number);
      if (otherLane !== lane || Number(otherSeq) <= Number(seq)) return false;
      return this.#arrivedBefore(other, group, this.#events.length);
    });
  }

  #phantoms(): number {
    const sent = this.#sent();
    const foreign = this.#of(EventKind.corrupted).filter(
      ({ detail }) => detail === CorruptionCode.foreignRun,
    );
    const unsent = this.#of(EventKind.deliver).filter((event) => !sent.has(idOf(event)));
    return foreign.length + unsent.length;
  }

  #ghosts(): number {
    const groups = [...Array(this.#facts.groups).keys()];
    return this.#refused().filter((id) =>
      groups.some((group) => this.#arrivedBefore(id, group, this.#events.length)),
    ).length;
  }

  #corrupted(): number {
    return this.#of(EventKind.corrupted).filter(
      ({ detail }) => detail !== CorruptionCode.foreignRun,
    ).length;
  }

  // --- settlements and holders -------------------------------------------------------------------------

  /** When the group was done with the message: index of the event, -1 for never. */
  #doneAt(id: string, group: number): number {
    return this.#events.findIndex((event, index) => {
      if (event.group !== group || idOf(event) !== id) return false;
      if (!this.#isInvokedBefore(id, index)) return false;
      const isAck = event.detail === SettlementCode.acknowledge;
      if (event.kind === EventKind.settleSettled) return isAck && event.outcome === OutcomeCode.ok;
      if (event.kind === EventKind.settleInvoke) return isAck && this.#facts.ackReply === 'none';
      return event.kind === EventKind.processDone && this.#facts.consumption === 'automatic';
    });
  }

  /** The delivery by which the message is held just before `index`, or -1. */
  #holdBefore(id: string, group: number, index: number): number {
    const done = this.#doneAt(id, group);
    const last = this.#deliveries(group).findLast((at) => at < index && isOf(id)(this.#at(at)));
    if (last === undefined || (done >= 0 && done < index)) return -1;
    const rejected = this.#events.some(
      (event, at) =>
        at > last &&
        at < index &&
        event.kind === EventKind.settleSettled &&
        event.detail === SettlementCode.reject &&
        event.outcome === OutcomeCode.ok &&
        event.group === group &&
        isOf(id)(event),
    );
    return rejected ? -1 : last;
  }

  #isCrashedAt(actor: number, index: number): boolean {
    const last = this.#events
      .slice(0, index)
      .findLast(
        (event) =>
          event.actor === actor &&
          (event.kind === EventKind.crashed || event.kind === EventKind.sessionOpened),
      );
    return last?.kind === EventKind.crashed;
  }

  /** Something that justifies a redelivery befell the holder of delivery `held` before `index`. */
  #hasCause(held: number, index: number): boolean {
    const hold = this.#at(held);
    if (this.#isCrashedAt(hold.actor, held)) return true;
    return this.#events.slice(held + 1, index).some((event) => {
      const kind: number = event.kind;
      switch (kind) {
        case EventKind.settleInvoke:
          return (
            (event.detail === SettlementCode.requeue || event.detail === SettlementCode.reject) &&
            event.group === hold.group &&
            idOf(event) === idOf(hold)
          );
        case EventKind.sessionClosed:
          return event.session === hold.session;
        case EventKind.crashed:
          return event.actor === hold.actor;
        case EventKind.lost:
        case EventKind.revoked:
          return event.actor === hold.actor && event.group === hold.group;
        case EventKind.seeked:
          return event.group === hold.group;
        default:
          return false;
      }
    });
  }

  #lease(held: number): { mayEndNs: number; endsNs: number } {
    const hold = this.#at(held);
    if (hold.ref === 0) return { mayEndNs: Infinity, endsNs: Infinity };
    const leaseNs = hold.ref * 1e6;
    const pulled = has(hold, Flag.pulled);
    const earliestNs = pulled ? hold.auxNs : this.#sessionNotBefore(hold);
    return { mayEndNs: earliestNs + leaseNs, endsNs: hold.timeNs + leaseNs };
  }

  /** Where the actor's last session ended before this one was first heard of. */
  #sessionNotBefore({ session, actor }: EventRecord): number {
    const first = this.#firstSeen(session);
    const end = this.#events.slice(0, first).findLast((event, index) => {
      if (event.kind === EventKind.crashed) return event.actor === actor;
      if (event.kind !== EventKind.sessionClosed || event.actor !== actor) return false;
      return this.#isKnownBefore(event.session, index);
    });
    return end?.timeNs ?? -1;
  }

  #firstSeen(session: number): number {
    return this.#events.findIndex(
      (event, index) =>
        event.session === session &&
        (event.kind === EventKind.sessionOpened ||
          (event.kind === EventKind.deliver && this.#isInvokedBefore(idOf(event), index))),
    );
  }

  #isKnownBefore(session: number, index: number): boolean {
    const first = this.#firstSeen(session);
    return first >= 0 && first < index;
  }

  /** The latest event before `index` that could justify a redelivery of anything in the group. */
  #lastCauseNs(group: number, index: number): number {
    const last = this.#events.slice(0, index).findLast((event, at) => {
      const kind: number = event.kind;
      switch (kind) {
        case EventKind.sessionClosed:
          return (
            this.#isKnownBefore(event.session, at) && this.#groupOfActor(event.actor) === group
          );
        case EventKind.crashed:
          return this.#groupOfActor(event.actor, at) === group;
        case EventKind.lost:
        case EventKind.revoked:
        case EventKind.seeked:
          return event.group === group;
        default:
          return false;
      }
    });
    return last?.timeNs ?? -Infinity;
  }

  #groupOfActor(actor: number, before = this.#events.length): number {
    const first = this.#events.find(
      (event, index) =>
        index < before &&
        event.actor === actor &&
        (event.kind === EventKind.sessionOpened ||
          (event.kind === EventKind.deliver && this.#isInvokedBefore(idOf(event), index))),
    );
    return first?.group ?? -1;
  }

  // --- D4, D5, D6 --------------------------------------------------------------------------------------

  #duplicates(groups: number[]): { D4: Found; D5: Found; D6: Found | 'undecided' } {
    const stored2 = new Set<string>();
    const maybe2 = new Set<string>();
    const d5 = { count: 0, possible: 0 };
    const d6 = { count: 0, possible: 0 };
    this.#events.forEach((event, index) => {
      const id = idOf(event);
      if (event.kind === EventKind.sendSettled && this.#isSecondPlace(index)) stored2.add(id);
      if (event.kind !== EventKind.deliver || !groups.includes(event.group)) return;
      if (!this.#isInvokedBefore(id, index)) return;
      const isRepeat = this.#arrivedBefore(id, event.group, index);
      const copy = isRepeat ? this.#copy(index, stored2) : 'first';
      if (copy === 'second' || this.#isSecondPlace(index)) stored2.add(id);
      else if (copy === 'either' || this.#isMaybeSecond(index, copy)) maybe2.add(id);
      if (copy === 'first' || copy === 'second') return;
      this.#judgeRepeat(index, copy === 'either', d5, d6);
    });
    const possible = [...maybe2].filter((id) => !stored2.has(id)).length;
    const proves = this.#facts.consumption === 'automatic' || this.#facts.ackReply !== 'none';
    return {
      D4: { count: stored2.size, possible },
      D5: d5,
      D6: proves ? d6 : 'undecided',
    };
  }

  /** The place of this event differs from one seen earlier that it may be compared with. */
  #isSecondPlace(index: number): boolean {
    const event = this.#at(index);
    if (!has(event, Flag.placed)) return false;
    const earlier = this.#events
      .slice(0, index)
      .filter((other) => idOf(other) === idOf(event) && has(other, Flag.placed));
    const sends = earlier.filter(({ kind }) => kind === EventKind.sendSettled);
    const firstSend = sends[0];
    const differs = (other: EventRecord | undefined): boolean =>
      other !== undefined &&
      (other.scope !== event.scope || other.positionMajor !== event.positionMajor);
    const differsInScope = (other: EventRecord | undefined): boolean =>
      differs(other) && other?.scope === event.scope;
    if (event.kind === EventKind.deliver) return differsInScope(firstSend);
    const reads = this.#events
      .map((other, at) => ({ other, at }))
      .filter(
        ({ other, at }) =>
          at < index &&
          other.kind === EventKind.deliver &&
          idOf(other) === idOf(event) &&
          has(other, Flag.placed) &&
          this.#isInvokedBefore(idOf(other), at),
      );
    const firstReads = [...Array(this.#facts.groups).keys()].map(
      (group) => reads.find(({ other }) => other.group === group)?.other,
    );
    return differs(firstSend) || firstReads.some(differsInScope);
  }

  #copy(index: number, stored2: ReadonlySet<string>): 'same' | 'second' | 'either' {
    const event = this.#at(index);
    const first = this.#deliveries(event.group)
      .filter((at) => at < index)
      .map((at) => this.#at(at))
      .find((other) => idOf(other) === idOf(event) && has(other, Flag.placed));
    if (first !== undefined && has(event, Flag.placed)) {
      const same = first.scope === event.scope && first.positionMajor === event.positionMajor;
      return same ? 'same' : 'second';
    }
    if (isFlagged(event)) return 'same';
    const canBeTwo = this.#isResentBefore(idOf(event), index) || stored2.has(idOf(event));
    if (!canBeTwo) return 'same';
    return knowsFlag(event) ? 'second' : 'either';
  }

  /** It was taken for the same copy, but a second one cannot be excluded. */
  #isMaybeSecond(index: number, copy: 'first' | 'same'): boolean {
    const event = this.#at(index);
    if (copy === 'first' || isFlagged(event)) return false;
    const hasPlace = this.#deliveries(event.group)
      .filter((at) => at < index)
      .some((at) => idOf(this.#at(at)) === idOf(event) && has(this.#at(at), Flag.placed));
    if (hasPlace && has(event, Flag.placed)) return false;
    return knowsFlag(event) || this.#reason(index, true) !== 'yes';
  }

  #isAfterDone(index: number): boolean {
    const event = this.#at(index);
    const done = this.#doneAt(idOf(event), event.group);
    if (done < 0 || done > index) return false;
    const doneNs = this.#at(done).timeNs;
    if (has(event, Flag.pulled) && event.auxNs >= doneNs) return true;
    const opened = this.#events
      .slice(0, index)
      .find(({ kind, session }) => kind === EventKind.sessionOpened && session === event.session);
    return (opened?.timeNs ?? -1) >= doneNs && !this.#mayReturn(done);
  }

  /** At the settlement a redelivery was justified already. */
  #mayReturn(done: number): boolean {
    const event = this.#at(done);
    const held = this.#holdBefore(idOf(event), event.group, done);
    if (held < 0) return false;
    return this.#hasCause(held, done) || event.timeNs >= this.#lease(held).mayEndNs;
  }

  #reason(index: number, proven: boolean): 'yes' | 'maybe' | 'no' | 'unless-holder-ended' {
    const event = this.#at(index);
    const done = this.#doneAt(idOf(event), event.group);
    if (done >= 0 && done < index) {
      if (this.#mayReturn(done)) return 'yes';
      if (this.#lastCauseNs(event.group, index) >= this.#at(done).timeNs) return 'maybe';
      const isSame = this.#at(done).session === event.session;
      return proven || isSame ? 'no' : 'unless-holder-ended';
    }
    const held = this.#holdBefore(idOf(event), event.group, index);
    if (held < 0) return 'maybe';
    const { mayEndNs, endsNs } = this.#lease(held);
    if (this.#hasCause(held, index) || event.timeNs >= endsNs) return 'yes';
    if (event.timeNs >= mayEndNs) return 'maybe';
    return this.#at(held).session === event.session ? 'no' : 'unless-holder-ended';
  }

  #judgeRepeat(index: number, isEither: boolean, d5: Found, d6: Found): void {
    const event = this.#at(index);
    const { consumption, ackReply } = this.#facts;
    const done = this.#doneAt(idOf(event), event.group);
    const isDone = done >= 0 && done < index;
    const decidesD6 = consumption === 'automatic' || ackReply !== 'none';
    const isD6 = decidesD6 && this.#isAfterDone(index);
    if (isDone && decidesD6) {
      if (isD6 && !isEither) d6.count += 1;
      else d6.possible += 1;
    }
    if (isD6) return;
    const proven = consumption !== 'automatic' && ackReply !== 'none';
    const reason = this.#reason(index, proven);
    if (reason === 'yes') return;
    if (reason === 'maybe' || isEither) d5.possible += 1;
    else if (reason === 'no') d5.count += 1;
    else {
      const held = isDone ? done : this.#holdBefore(idOf(event), event.group, index);
      const fate = this.#fateOf(this.#at(held), index);
      if (fate === 'alive') d5.count += 1;
      if (fate === 'unknown') d5.possible += 1;
    }
  }

  /** Whether the holder's session is shown alive after `index` before it is shown ended. */
  #fateOf({ session }: EventRecord, index: number): 'alive' | 'dead' | 'unknown' {
    const since = this.#at(index).timeNs;
    const actor = this.#events.find(
      (event) =>
        event.session === session &&
        (event.kind === EventKind.deliver || event.kind === EventKind.sessionOpened),
    )?.actor;
    for (let at = index + 1; at < this.#events.length; at += 1) {
      const event = this.#at(at);
      if (event.kind === EventKind.sessionClosed && event.session === session) return 'unknown';
      if (event.kind === EventKind.revoked && event.actor === actor) return 'unknown';
      if (event.kind === EventKind.lost && event.actor === actor) return 'dead';
      if (event.kind === EventKind.crashed && event.actor === actor) return 'dead';
      if (event.session === session && this.#showsLife(at, index, since)) return 'alive';
    }
    return 'unknown';
  }

  #showsLife(at: number, after: number, sinceNs: number): boolean {
    const event = this.#at(at);
    if (this.#facts.consumption === 'automatic') {
      const isPull = event.kind === EventKind.deliver && has(event, Flag.pulled);
      if (isPull && event.auxNs >= sinceNs) return true;
    }
    if (event.kind !== EventKind.settleSettled || event.outcome !== OutcomeCode.ok) return false;
    return this.#events.some(
      (begun, index) =>
        index > after &&
        index < at &&
        begun.kind === EventKind.settleInvoke &&
        begun.session === event.session &&
        begun.ticket === event.ticket,
    );
  }

  // --- D10, O2 -----------------------------------------------------------------------------------------

  #lostWithConsumers(groups: number[]): Found | 'undecided' {
    const found = { count: 0, possible: 0 };
    for (const group of groups.filter((one) => this.#isDrained(one))) {
      for (const id of this.#sent()) {
        if (this.#doneAt(id, group) >= 0) continue;
        const last = this.#deliveries(group).findLast((at) => isOf(id)(this.#at(at)));
        if (last === undefined) continue;
        const fate = this.#orphanage(id, group, last);
        if (fate === 'orphaned') found.count += 1;
        if (fate === 'settling') found.possible += 1;
      }
    }
    if (found.count === 0 && !groups.every((group) => this.#isDrained(group))) return 'undecided';
    return found;
  }

  #orphanage(id: string, group: number, held: number): 'safe' | 'orphaned' | 'settling' {
    const { actor } = this.#at(held);
    const isFromDead = this.#isCrashedAt(actor, held);
    const crash = this.#events.findIndex(
      (event, at) => at > held && event.kind === EventKind.crashed && event.actor === actor,
    );
    if (!isFromDead && (crash < 0 || this.#holdBefore(id, group, crash) < 0)) return 'safe';
    const settles = this.#events.filter((event, at) => {
      if (event.kind !== EventKind.settleInvoke || event.group !== group || at < held) return false;
      if (idOf(event) !== id || event.detail === SettlementCode.extend) return false;
      if (!isFromDead && at < crash) return event.detail === SettlementCode.acknowledge;
      return this.#isCrashedAt(event.actor, at);
    });
    return settles.length > 0 ? 'settling' : 'orphaned';
  }

  #reorders(groups: number[]): Found {
    const found = { count: 0, possible: 0 };
    for (const group of groups) {
      const firsts = this.#deliveries(group).filter(
        (index) => !this.#arrivedBefore(idOf(this.#at(index)), group, index),
      );
      for (const index of firsts) {
        const event = this.#at(index);
        if (event.lane > 3 || isFlagged(event)) continue;
        const overtakers = firsts.filter(
          (at) => at < index && this.#at(at).lane === event.lane && this.#at(at).seq > event.seq,
        );
        if (overtakers.length === 0) continue;
        const isCertain =
          overtakers.some((at) => this.#isOneGeneration(at, index)) && this.#isFirstCopy(index);
        if (isCertain) found.count += 1;
        else found.possible += 1;
      }
    }
    return found;
  }

  #isOneGeneration(from: number, to: number): boolean {
    const { session, actor } = this.#at(to);
    if (this.#at(from).session !== session) return false;
    const ends: readonly EventKind[] = [
      EventKind.assigned,
      EventKind.revoked,
      EventKind.lost,
      EventKind.seeked,
      EventKind.crashed,
    ];
    return !this.#events
      .slice(from, to)
      .some(
        (event) =>
          (event.kind === EventKind.sessionClosed && event.session === session) ||
          (ends.includes(event.kind) && event.actor === actor),
      );
  }

  #isFirstCopy(index: number): boolean {
    const event = this.#at(index);
    if (knowsFlag(event) || has(event, Flag.placed)) return true;
    return !this.#facts.leased && this.#lastCauseNs(event.group, index) === -Infinity;
  }
}

function isFlagged(event: EventRecord): boolean {
  return has(event, Flag.redelivered) || event.attempt > 1;
}

function knowsFlag(event: EventRecord): boolean {
  return has(event, Flag.flagKnown) || event.attempt > 0;
}
