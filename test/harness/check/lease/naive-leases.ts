import type { CellFacts } from '../../../../harness/core/facts.ts';
import type { CheckId } from '../../../../harness/core/anomalies.ts';
import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
} from '../../../../harness/core/events.ts';
import type { Tally } from '../naive-duplicates.ts';
import { fateOf } from '../naive-fate.ts';
import { has, idOf, isFlagged, isOf, knowsFlag, NaiveHistory } from '../naive-history.ts';

/**
 * V1, V2, V5 to V8, O8 by their definitions, delivery by delivery, each with a look at the whole history. It
 * knows histories of one group in which every message is sent once and no place is told of deliveries.
 */
export function naiveLeases(
  events: readonly EventRecord[],
  facts: CellFacts,
): Partial<Record<CheckId, Tally>> {
  return new NaiveLeases(new NaiveHistory(events, facts)).judge();
}

class NaiveLeases {
  readonly #history: NaiveHistory;

  constructor(history: NaiveHistory) {
    this.#history = history;
  }

  judge(): Partial<Record<CheckId, Tally>> {
    return {
      V1: this.#each((index) => this.#early(index)),
      V2: this.#each((index) => this.#overlaps(index)),
      V5: this.#each((index) => this.#expired(index)),
      V6: this.#staleReads(),
      V7: this.#each((index) => this.#lies(index)),
      V8: this.#each((index) => this.#overLimit(index)),
      O8: this.#each((index) => this.#pastHead(index)),
    };
  }

  #each(judge: (index: number) => 'found' | 'possible' | 'none'): Tally {
    const verdicts = this.#history.deliveries(0).map((index) => judge(index));
    return {
      count: verdicts.filter((one) => one === 'found').length,
      possible: verdicts.filter((one) => one === 'possible').length,
    };
  }

  #timing(index: number): EventRecord | undefined {
    const id = idOf(this.#history.at(index));
    return this.#history.events
      .slice(0, index)
      .findLast((event) => event.kind === EventKind.sendTimed && idOf(event) === id);
  }

  #early(index: number): 'found' | 'possible' | 'none' {
    const notBeforeNs = this.#timing(index)?.auxNs ?? -1;
    const { timeNs } = this.#history.at(index);
    if (notBeforeNs < 0 || timeNs >= notBeforeNs) return 'none';
    const { skewMs } = this.#history.facts.bounds;
    return timeNs < notBeforeNs - skewMs * 1e6 ? 'found' : 'possible';
  }

  #expired(index: number): 'found' | 'possible' | 'none' {
    const expiresNs = this.#timing(index)?.positionMajor ?? -1;
    if (expiresNs < 0) return 'none';
    const overNs = expiresNs + this.#history.facts.bounds.expiryGraceMs * 1e6;
    const event = this.#history.at(index);
    if (event.timeNs <= overNs) return 'none';
    return has(event, Flag.pulled) && event.auxNs > overNs ? 'found' : 'possible';
  }

  #staleReads(): Tally {
    const tally = { count: 0, possible: 0 };
    const { stalenessMs } = this.#history.facts.bounds;
    this.#history.events.forEach((read, index) => {
      if (read.kind !== EventKind.read) return;
      const isStale = this.#history.events.some(
        (event, at) =>
          at < index &&
          event.kind === EventKind.sendSettled &&
          event.outcome === OutcomeCode.ok &&
          has(event, Flag.placed) &&
          event.scope === read.scope &&
          event.positionMajor >= read.positionMajor &&
          read.auxNs - event.timeNs > stalenessMs * 1e6,
      );
      tally.count += isStale ? 1 : 0;
    });
    return tally;
  }

  /** The delivery whose holder has the message just before `index`, or -1; none if this is the first. */
  #heldBefore(index: number): number {
    return this.#history.holdBefore(idOf(this.#history.at(index)), 0, index);
  }

  #overlaps(index: number): 'found' | 'possible' | 'none' {
    const held = this.#heldBefore(index);
    if (held < 0) return 'none';
    const event = this.#history.at(index);
    const hold = this.#history.at(held);
    const { mayEndNs, endsNs } = this.#history.lease(held, index);
    if (hold.session === event.session || mayEndNs === Infinity) return 'none';
    if (this.#history.hasCause(held, index) || event.timeNs >= endsNs) return 'none';
    const isLater = has(event, Flag.pulled) && event.auxNs >= hold.timeNs;
    const outlasts = has(event, Flag.pulled) && event.auxNs + event.ref * 1e6 > hold.timeNs;
    if (event.timeNs >= mayEndNs || !(isLater || outlasts)) return 'possible';
    const sessions = isLater ? [hold.session] : [hold.session, event.session];
    const fate = fateOf(this.#history, sessions, index);
    return fate === 'alive' ? 'found' : fate === 'unknown' ? 'possible' : 'none';
  }

  #lies(index: number): 'found' | 'possible' | 'none' {
    const held = this.#heldBefore(index);
    const event = this.#history.at(index);
    if (held < 0 || !knowsFlag(event)) return 'none';
    const hold = this.#history.at(held);
    const { mayEndNs, endsNs } = this.#history.lease(held, index);
    const isJustified = this.#history.hasCause(held, index) || event.timeNs >= endsNs;
    if (!isJustified && event.timeNs < mayEndNs) return 'none';
    const saysFirst = !isFlagged(event);
    const holdSaysFirst = knowsFlag(hold) && !isFlagged(hold);
    const isSameCount = event.attempt > 0 && event.attempt === hold.attempt;
    const isContradiction = isSameCount || (saysFirst && holdSaysFirst);
    const isLess = event.attempt > 0 && event.attempt < hold.attempt;
    if (!isContradiction && !saysFirst && !isLess) return 'none';
    const sought = this.#history.events
      .slice(0, index)
      .some(({ kind, timeNs }) => kind === EventKind.seeked && timeNs >= hold.timeNs);
    // An unflagged copy of a message that was sent once may be a second one, if nothing justifies it.
    const isOneCopy = isFlagged(event) || isJustified;
    const isProven = isContradiction || this.#isAfter(index, held);
    return isProven && isOneCopy && !sought ? 'found' : 'possible';
  }

  #isAfter(index: number, held: number): boolean {
    const event = this.#history.at(index);
    const hold = this.#history.at(held);
    return has(event, Flag.pulled) ? event.auxNs >= hold.timeNs : event.session === hold.session;
  }

  /** Deliveries of the session just after `index` whose settlement has not begun and which nobody took over. */
  #heldBy(session: number, index: number): number[] {
    return this.#history.deliveries(0).filter((at) => {
      const event = this.#history.at(at);
      if (at > index || event.session !== session) return false;
      return !this.#history.events.slice(at + 1, index + 1).some((later) => {
        if (idOf(later) !== idOf(event)) return false;
        if (later.kind === EventKind.deliver) return true;
        if (later.kind !== EventKind.settleInvoke) return false;
        return later.session === session && later.detail !== SettlementCode.extend;
      });
    });
  }

  #overLimit(index: number): 'found' | 'possible' | 'none' {
    const { session, timeNs } = this.#history.at(index);
    const opened = this.#history.events
      .slice(0, index)
      .findLast(
        (event) =>
          event.session === session &&
          ((event.kind === EventKind.sessionOpened && event.ref > 0) ||
            event.kind === EventKind.sessionClosed),
      );
    if (opened?.kind !== EventKind.sessionOpened) return 'none';
    const since = this.#history.events.indexOf(opened);
    const held = this.#heldBy(session, index).filter((at) => at > since);
    if (held.length <= opened.ref) return 'none';
    const certain = held.filter((at) => {
      const isDone = this.#history.holdBefore(idOf(this.#history.at(at)), 0, index + 1) !== at;
      if (isDone || this.#history.hasCause(at, index + 1)) return false;
      return this.#history.lease(at, index + 1).mayEndNs > timeNs;
    });
    return certain.length > opened.ref ? 'found' : 'possible';
  }

  #pastHead(index: number): 'found' | 'possible' | 'none' {
    const event = this.#history.at(index);
    const heads = this.#history.deliveries(0).filter((at) => {
      const head = this.#history.at(at);
      if (at >= index || head.lane !== event.lane || head.seq >= event.seq) return false;
      if (this.#history.holdBefore(idOf(head), 0, index) !== at) return false;
      const isPulled = has(event, Flag.pulled);
      const receivedNs = (one: EventRecord): number =>
        has(one, Flag.pulled) ? one.auxNs : one.timeNs;
      const isOne = head.session === event.session && receivedNs(head) === receivedNs(event);
      return isPulled || has(head, Flag.pulled) ? !isOne : head.timeNs !== event.timeNs || !isOne;
    });
    if (heads.length === 0) return 'none';
    const isCertain = heads.some((at) => {
      const isSettling = this.#history.events
        .slice(at + 1, index)
        .some(
          (later) =>
            later.kind === EventKind.settleInvoke &&
            later.detail !== SettlementCode.extend &&
            isOf(idOf(this.#history.at(at)))(later),
        );
      if (isSettling || this.#history.hasCause(at, index)) return false;
      const expiresNs = this.#timing(at)?.positionMajor ?? -1;
      const skewNs = this.#history.facts.bounds.skewMs * 1e6;
      if (expiresNs >= 0 && expiresNs <= event.timeNs + skewNs) return false;
      return this.#history.lease(at, index).mayEndNs > event.timeNs && this.#isAfter(index, at);
    });
    return isCertain ? 'found' : 'possible';
  }
}
