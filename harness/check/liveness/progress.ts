import {
  EventKind,
  type EventRecord,
  noGroup,
  OutcomeCode,
  PhaseCode,
  ToleranceCode,
} from '../../core/events.ts';
import type { MessageState } from '../state/message-state.ts';
import type { StatePart } from '../state/state-part.ts';

/** A span in which something was owed and nothing came, long enough to be told. */
export interface Stall {
  readonly sinceNs: number;
  readonly untilNs: number;
}

/**
 * Time in which somebody waits. It runs while something is owed and no fault excuses that it does not come,
 * and begins anew with every step forward.
 */
export class Waiting {
  readonly #boundNs: number;
  #sinceNs = -1;
  #isTold = false;
  readonly stalls: Stall[] = [];
  total = 0;
  /** Steps forward: how often a stall could have begun. */
  steps = 0;

  constructor(boundNs: number) {
    this.#boundNs = boundNs;
  }

  /** Something is owed from now on, or no more. */
  owe(isOwed: boolean, nowNs: number): void {
    if (!isOwed) {
      this.#end(nowNs);
      this.#sinceNs = -1;
    } else if (this.#sinceNs < 0) this.#begin(nowNs);
  }

  /** It came, so many times: whoever still waits, waits from here. */
  step(nowNs: number, count: number): void {
    this.steps += count;
    if (this.#sinceNs < 0) return;
    this.#end(nowNs);
    this.#begin(nowNs);
  }

  /** At the end of the history, as far as it goes. */
  close(nowNs: number): void {
    this.#end(nowNs);
  }

  #begin(nowNs: number): void {
    this.#sinceNs = nowNs;
    this.#isTold = false;
  }

  #end(nowNs: number): void {
    if (this.#isTold || this.#sinceNs < 0 || nowNs - this.#sinceNs <= this.#boundNs) return;
    this.#isTold = true;
    this.total += 1;
    if (this.stalls.length < 32) this.stalls.push({ sinceNs: this.#sinceNs, untilNs: nowNs });
  }
}

const listened = [
  EventKind.sendInvoke,
  EventKind.sendSettled,
  EventKind.deliver,
  EventKind.sessionOpened,
  EventKind.sessionClosed,
  EventKind.crashed,
  EventKind.faultStarted,
  EventKind.faultStopped,
  EventKind.phase,
  EventKind.drainComplete,
  EventKind.deadLettered,
  EventKind.expired,
  EventKind.purged,
];

interface GroupProgress {
  /** Acknowledged and not yet delivered for the first time, nothing excused. */
  backlog: number;
  readonly sessions: Set<number>;
  readonly waiting: Waiting;
}

/** Who waits for what, over the whole cell: sends for their answers, groups for their backlog. */
export class Progress implements StatePart {
  readonly takesRuns = true;
  readonly listensTo = listened;
  readonly sends: Waiting;
  readonly groups: readonly GroupProgress[];
  /** Fault stops that were followed by a wait for the first success, with how long that took. */
  readonly recoveries: Stall[] = [];
  recoveriesTotal = 0;
  faultsStopped = 0;
  drainBeganNs = -1;
  endedNs = -1;
  lastNs = 0;
  #openSends = 0;
  /** Since when somebody has been waiting for the first success after a fault; -1 while nobody is. */
  #healedNs = -1;
  #isHealing = false;
  readonly #beyond = new Set<number>();
  readonly #state: MessageState;

  constructor(state: MessageState) {
    this.#state = state;
    const stallNs = state.facts.bounds.stallMs * 1e6;
    this.sends = new Waiting(stallNs);
    this.groups = state.facts.groups.map(() => ({
      backlog: 0,
      sessions: new Set<number>(),
      waiting: new Waiting(stallNs),
    }));
  }

  fold(event: EventRecord, count = 1): void {
    const { timeNs } = event;
    this.lastNs = timeNs;
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.sendInvoke:
        this.#openSends += count;
        if (this.#isHealing && this.#healedNs < 0) this.#healedNs = timeNs;
        break;
      case EventKind.sendSettled:
        this.#answered(event, count);
        break;
      case EventKind.deliver:
        this.#delivered(event, count);
        break;
      default:
        this.#rare(event);
    }
    const isExcused = this.#beyond.size > 0;
    this.sends.owe(this.#openSends > 0 && !isExcused, timeNs);
    for (const group of this.groups) {
      const isOwed = group.backlog > 0 && group.sessions.size > 0 && !isExcused;
      group.waiting.owe(isOwed, timeNs);
    }
  }

  bytes(): number {
    return 0;
  }

  close(): void {
    this.sends.close(this.lastNs);
    for (const { waiting } of this.groups) waiting.close(this.lastNs);
    if (this.#healedNs >= 0 && this.#openSends > 0) this.#recovered(this.lastNs);
  }

  #answered({ outcome, timeNs, lane: name, seq }: EventRecord, count: number): void {
    this.#openSends = Math.max(0, this.#openSends - count);
    if (outcome !== OutcomeCode.ok) return;
    this.sends.step(timeNs, count);
    this.#recovered(timeNs);
    const lane = this.#state.lanes.indexOf(name);
    if (lane < 0) return;
    for (let number = 0; number < this.groups.length; number += 1) {
      if (!this.#isDue(number, lane)) continue;
      const come = this.#state.groups[number]?.seen.countRun(lane, seq, count) ?? 0;
      (this.groups[number] as GroupProgress).backlog += count - come;
    }
  }

  #delivered(event: EventRecord, count: number): void {
    this.sends.step(event.timeNs, count);
    this.#recovered(event.timeNs);
    const group = this.groups[event.group];
    if (group === undefined) return;
    group.waiting.step(event.timeNs, count);
    const { status, lane } = this.#state.delivery;
    if (status !== 'first' || !this.#isDue(event.group, lane) || group.backlog === 0) return;
    const awaited = this.#state.sends.ok.countRun(lane, event.seq, count);
    group.backlog = Math.max(0, group.backlog - awaited);
  }

  #rare(event: EventRecord): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.sessionOpened:
        this.groups[event.group]?.sessions.add(event.session);
        return;
      case EventKind.sessionClosed:
        for (const { sessions } of this.groups) sessions.delete(event.session);
        return;
      case EventKind.crashed:
        for (const { session } of this.#state.sessions.ofActor(event.actor)) {
          for (const { sessions } of this.groups) sessions.delete(session);
        }
        return;
      case EventKind.faultStarted:
        if (event.detail !== ToleranceCode.tolerated) this.#beyond.add(event.ref);
        this.#isHealing = false;
        this.#healedNs = -1;
        return;
      case EventKind.faultStopped:
        this.#beyond.delete(event.ref);
        this.faultsStopped += 1;
        this.#isHealing = true;
        // Nobody waits for a system that nobody asks.
        this.#healedNs = this.#openSends > 0 ? event.timeNs : -1;
        return;
      case EventKind.phase:
        if (event.detail === PhaseCode.drain) this.drainBeganNs = event.timeNs;
        if (event.detail === PhaseCode.end) this.endedNs = event.timeNs;
        return;
      default:
        this.#gone(event);
    }
  }

  /** What a drain, an expiry or a purge takes away need not come any more: nothing certain is owed. */
  #gone({ group: number }: EventRecord): void {
    this.groups.forEach((group, other) => {
      if (number === noGroup || number === other) group.backlog = 0;
    });
  }

  #recovered(nowNs: number): void {
    this.#isHealing = false;
    if (this.#healedNs < 0) return;
    const stall = { sinceNs: this.#healedNs, untilNs: nowNs };
    this.#healedNs = -1;
    if (stall.untilNs - stall.sinceNs <= this.#state.facts.bounds.recoveryMs * 1e6) return;
    this.recoveriesTotal += 1;
    if (this.recoveries.length < 32) this.recoveries.push(stall);
  }

  /** Transactions and routes decide later what must come, so that nothing is owed for certain. */
  #isDue(group: number, lane: number): boolean {
    const { groups, transactions } = this.#state.facts;
    if (transactions !== 'none' || this.#state.lanes.routeOf(lane) >= 0) return false;
    return groups[group]?.role === 'subscription';
  }
}

export const progress = (state: MessageState): Progress => new Progress(state);
