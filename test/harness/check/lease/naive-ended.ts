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
import { has, idOf, isFlagged, isOf, NaiveHistory } from '../naive-history.ts';

/**
 * V4 and O11 by their definitions, for histories of one group in
 * which every message is sent once and that may end with a drain.
 */
export function naiveEnded(
  events: readonly EventRecord[],
  facts: CellFacts,
): Partial<Record<CheckId, Tally>> {
  return new NaiveEnded(new NaiveHistory(events, facts)).judge();
}

class NaiveEnded {
  readonly #history: NaiveHistory;

  constructor(history: NaiveHistory) {
    this.#history = history;
  }

  judge(): Partial<Record<CheckId, Tally>> {
    return { V4: this.#staleReceipts(), O11: this.#overtaken() };
  }

  #after(index: number): { event: EventRecord; at: number }[] {
    return this.#history.events.map((event, at) => ({ event, at })).filter(({ at }) => at > index);
  }

  /** The session's operation of this kind on the message that `ended` answers. */
  #begunBy(ended: number): number {
    const answer = this.#history.at(ended);
    return this.#history.events.findIndex(
      (event) =>
        event.kind === EventKind.settleInvoke &&
        event.session === answer.session &&
        event.ticket === answer.ticket,
    );
  }

  #staleReceipts(): Tally {
    const tally = { count: 0, possible: 0 };
    this.#history.events.forEach((event, ended) => {
      const isAck = event.detail === SettlementCode.acknowledge;
      if (event.kind !== EventKind.settleSettled || !isAck) return;
      if (event.outcome !== OutcomeCode.ok || !this.#isStale(ended)) return;
      const verdict = this.#whatRemoved(ended);
      if (verdict === 'it') tally.count += 1;
      if (verdict === 'unknown') tally.possible += 1;
    });
    return tally;
  }

  #isStale(ended: number): boolean {
    const begun = this.#begunBy(ended);
    const event = this.#history.at(ended);
    const id = idOf(event);
    const held = this.#history.holdBefore(id, 0, begun);
    if (held < 0 || this.#history.holdBefore(id, 0, ended) !== held) return false;
    const hold = this.#history.at(held);
    const former = this.#history.holdBefore(id, 0, held);
    if (former < 0 || hold.ref === 0 || hold.session === event.session) return false;
    if (this.#history.at(former).session !== event.session) return false;
    const formerEndsNs = this.#history.lease(former, held).endsNs;
    if (formerEndsNs > this.#history.at(begun).timeNs) return false;
    if (this.#history.hasCause(held, ended)) return false;
    const isTouched = this.#history.events
      .slice(held, ended)
      .some(
        (other) =>
          other.kind === EventKind.settleInvoke &&
          idOf(other) === id &&
          other.session === hold.session,
      );
    return !isTouched && event.timeNs < this.#history.lease(held, begun).mayEndNs;
  }

  #whatRemoved(ended: number): 'it' | 'unknown' | 'nothing' {
    const id = idOf(this.#history.at(ended));
    const later = this.#after(ended).filter(({ event }) => idOf(event) === id);
    const held = this.#history.holdBefore(id, 0, ended);
    const holder = this.#history.at(held);
    const again = later.find(({ event }) => event.kind === EventKind.deliver);
    const settled = later.find(
      ({ event }) =>
        event.kind === EventKind.settleSettled &&
        event.outcome === OutcomeCode.ok &&
        event.detail !== SettlementCode.extend,
    );
    if (settled !== undefined && (again === undefined || settled.at < again.at)) return 'unknown';
    if (again !== undefined) return 'nothing';
    const own = later.filter(({ event }) => event.session === holder.session);
    const last = own.at(-1)?.event;
    const isRefused =
      last === undefined ||
      (last.kind === EventKind.settleSettled && last.outcome === OutcomeCode.fail);
    const drain = this.#history.of(EventKind.drainComplete).at(-1);
    const endsNs = this.#history.lease(held, this.#begunBy(ended)).endsNs;
    return isRefused && drain !== undefined && drain.timeNs >= endsNs ? 'it' : 'unknown';
  }

  #overtaken(): Tally {
    const tally = { count: 0, possible: 0 };
    this.#history.events.forEach((event, at) => {
      const isRequeue = event.detail === SettlementCode.requeue;
      if (event.kind !== EventKind.settleSettled || !isRequeue) return;
      if (event.outcome !== OutcomeCode.ok) return;
      const held = this.#history.holdBefore(idOf(event), 0, at);
      if (held < 0 || this.#history.at(held).session !== event.session) return;
      // A second answer to a requeue of the same hold says nothing new.
      const isFirst = !this.#history.events
        .slice(held, at)
        .some(
          (other) =>
            other.kind === event.kind &&
            idOf(other) === idOf(event) &&
            other.detail === event.detail &&
            other.outcome === OutcomeCode.ok &&
            other.session === event.session,
        );
      if (!isFirst) return;
      const verdict = this.#wasOvertaken(at, held);
      if (verdict === 'found') tally.count += 1;
      if (verdict === 'possible') tally.possible += 1;
    });
    return tally;
  }

  #wasOvertaken(answered: number, held: number): 'found' | 'possible' | 'none' {
    const requeue = this.#history.at(answered);
    const deliveries = this.#history.deliveries(0).filter((at) => at > answered);
    const back = deliveries.find((at) => isOf(idOf(requeue))(this.#history.at(at)));
    const passing = deliveries.filter((at) => {
      const event = this.#history.at(at);
      const isEarlier = this.#history.arrivedBefore(idOf(event), 0, at);
      if (isEarlier || isFlagged(event) || event.seq <= requeue.seq) return false;
      return back === undefined || at < back;
    });
    const overtaker = passing.find((at) => this.#isAfter(at, answered));
    if (back === undefined) return overtaker === undefined ? 'none' : 'possible';
    if (overtaker === undefined) return passing.length > 0 ? 'possible' : 'none';
    const event = this.#history.at(back);
    const hold = this.#history.at(held);
    const isWeak = this.#history.lease(held, answered).mayEndNs <= requeue.timeNs;
    if (!this.#isAfter(back, overtaker) || isWeak) return 'possible';
    if (hold.attempt > 0 && event.attempt > 0) {
      return event.attempt === hold.attempt + 1 ? 'found' : 'possible';
    }
    const ends: readonly EventKind[] = [EventKind.sessionClosed, EventKind.crashed];
    const isEnded = this.#after(answered).some(
      ({ event: other, at }) =>
        ends.includes(other.kind) || (other.kind === EventKind.seeked && at < back),
    );
    return has(event, Flag.pulled) || isEnded ? 'possible' : 'found';
  }

  #isAfter(index: number, since: number): boolean {
    const event = this.#history.at(index);
    const earlier = this.#history.at(since);
    return has(event, Flag.pulled)
      ? event.auxNs >= earlier.timeNs
      : event.session === earlier.session;
  }
}
