import { EventKind, type EventRecord, ToleranceCode } from '../../core/events.ts';
import type { CellFacts } from '../../core/facts.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { type Ownership, ownership, type ScopeHolds } from '../state/ownership.ts';

export const orphanScope: CheckModule = {
  id: 'G6',
  definition:
    'A scope that a group once owned had no owner for longer than the bound for orphans while a session of the group was open all the time and no fault beyond what the claims bear was active.',
  source:
    'Kafka consumer group protocol: every partition of a stable group is assigned to a member',
  memory: '64 bytes an assignment, and 40 bytes a scope without an owner',
  example: [
    '{"kind":"history","version":1,"bounds":{"orphanMs":1000}}',
    '{"timeMs":1,"kind":"session.opened","actor":"c","session":"c","group":"g"}',
    '{"timeMs":2,"kind":"session.opened","actor":"d","session":"d","group":"g"}',
    '{"timeMs":3,"kind":"group.assigned","actor":"c","session":"c","group":"g","scope":"p0","generation":1}',
    '{"timeMs":4,"kind":"group.assigned","actor":"d","session":"d","group":"g","scope":"p1","generation":1}',
    '{"timeMs":5,"kind":"session.closed","actor":"c","session":"c","group":"g"}',
    '{"timeMs":1500,"kind":"group.assigned","actor":"d","session":"d","group":"g","scope":"p0","generation":2}',
    '{"timeMs":1600,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ assignments }: CellFacts) =>
    assignments ? undefined : 'no assignments are recorded',
  create: (state, seed) => new OrphanScopeCheck(state, seed),
};

/** A scope without an owner. */
interface Orphan {
  readonly of: ScopeHolds;
  readonly sinceNs: number;
  isCounted: boolean;
}

/** The open sessions of one group. */
interface Members {
  readonly actorOf: Map<number, number>;
  /** Since when there has been one without a break. */
  sinceNs: number;
}

/** G6, orphan scope; one finding for each time that a scope is left. A scope that nobody ever had is not seen. */
class OrphanScopeCheck implements Check {
  readonly listensTo = [
    EventKind.assigned,
    EventKind.revoked,
    EventKind.lost,
    EventKind.sessionOpened,
    EventKind.sessionClosed,
    EventKind.crashed,
    EventKind.faultStarted,
    EventKind.faultStopped,
  ];
  readonly #state: MessageState;
  readonly #ownership: Ownership;
  readonly #findings: Findings;
  readonly #boundNs: number;
  readonly #members: readonly Members[];
  readonly #orphans = new Map<ScopeHolds, Orphan>();
  /** Active faults that the claims do not promise to bear. */
  readonly #faults = new Set<number>();
  #calmSinceNs = 0;
  #left = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#ownership = state.part(ownership);
    this.#findings = new Findings('G6', state.lanes, seed);
    this.#boundNs = state.facts.bounds.orphanMs * 1e6;
    this.#members = state.facts.groups.map(() => ({ actorOf: new Map(), sinceNs: 0 }));
  }

  fold(event: EventRecord): void {
    const { timeNs, session, actor, ref } = event;
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.faultStarted:
        if (event.detail === ToleranceCode.tolerated) return;
        this.#look(timeNs, () => true);
        this.#faults.add(ref);
        return;
      case EventKind.faultStopped:
        if (this.#faults.delete(ref) && this.#faults.size === 0) this.#calmSinceNs = timeNs;
        return;
      case EventKind.sessionOpened:
        return this.#open(event);
      case EventKind.assigned:
        this.#open(event);
        break;
      case EventKind.sessionClosed:
        this.#look(timeNs, () => true);
        for (const { actorOf } of this.#members) actorOf.delete(session);
        break;
      case EventKind.crashed:
        this.#look(timeNs, () => true);
        for (const { actorOf } of this.#members) {
          for (const [of, owner] of actorOf) if (owner === actor) actorOf.delete(of);
        }
        break;
      default:
    }
    this.#ownersChanged(timeNs);
  }

  finish(): CheckResult {
    this.#look(this.#state.lastNs, () => true);
    return this.#findings.result(this.#left);
  }

  #open({ group, session, actor, timeNs }: EventRecord): void {
    const members = this.#members[group];
    if (members === undefined) return;
    if (members.actorOf.size === 0) members.sinceNs = timeNs;
    members.actorOf.set(session, actor);
  }

  #ownersChanged(timeNs: number): void {
    const { begun, ended } = this.#ownership;
    if (begun !== undefined && this.#orphans.has(begun.of)) {
      this.#look(timeNs, ({ of }) => of === begun.of);
      this.#orphans.delete(begun.of);
    }
    for (const { of } of ended) {
      if (of.holds.some(({ end }) => end === 'none')) continue;
      this.#orphans.set(of, { of, sinceNs: timeNs, isCounted: false });
      if ((this.#members[of.group]?.actorOf.size ?? 0) > 0) this.#left += 1;
    }
  }

  /** Counts the orphans that have been without an owner for too long by now. */
  #look(nowNs: number, isMeant: (orphan: Orphan) => boolean): void {
    if (this.#faults.size > 0) return;
    for (const orphan of this.#orphans.values()) {
      const { group, scope } = orphan.of;
      const members = this.#members[group];
      if (orphan.isCounted || members === undefined || members.actorOf.size === 0) continue;
      if (!isMeant(orphan)) continue;
      const sinceNs = Math.max(orphan.sinceNs, members.sinceNs, this.#calmSinceNs);
      if (nowNs - sinceNs <= this.#boundNs) continue;
      orphan.isCounted = true;
      const note = `scope ${this.#state.nameOf('scope', scope)} had no owner for ${((nowNs - sinceNs) / 1e6).toFixed(0)} ms`;
      this.#findings.addAbout('unowned', { about: 'scope', group, scope, atNs: sinceNs, note });
    }
  }
}
