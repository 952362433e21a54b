import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
} from '../../../../harness/core/events.ts';
import { resultAlone } from '../history-of.ts';
import { has, idOf, isOf, NaiveHistory } from '../naive-history.ts';
import { randomLeaks } from './random-leaks.ts';

interface Leaks {
  count: number;
  possible: number;
  /** Leases that had ended in a group that was not drained. */
  open: number;
}

/** V3 of one group, by looking through the whole history for each delivery and each message. */
class NaiveLeaks extends NaiveHistory {
  judge(): Leaks {
    const leaks = { count: 0, possible: 0, open: 0 };
    for (const index of this.deliveries(0)) this.#returned(index, leaks);
    for (const id of this.sent()) this.#neverReturned(id, leaks);
    return leaks;
  }

  get #slackNs(): number {
    return this.facts.bounds.leaseSlackMs * 1e6;
  }

  #returned(index: number, leaks: Leaks): void {
    const event = this.at(index);
    const held = this.holdBefore(idOf(event), 0, index);
    if (held < 0) return;
    const { endsNs } = this.lease(held, index);
    if (event.timeNs < endsNs) return;
    const servedNs = Math.max(endsNs, this.#servedSinceNs(index));
    const openNs = Math.max(endsNs, this.#openSinceNs(index));
    const { attempt } = this.at(held);
    const isNext = attempt > 0 && event.attempt === attempt + 1;
    if (isNext && this.#handedOutNs(index) > servedNs + this.#slackNs) leaks.count += 1;
    else if (event.timeNs > openNs + this.#slackNs) leaks.possible += 1;
  }

  #neverReturned(id: string, leaks: Leaks): void {
    const held = this.holdBefore(id, 0, this.events.length);
    if (held < 0) return;
    const drain = this.lastDrain(0);
    const nowNs = this.at(drain < 0 ? this.events.length - 1 : drain).timeNs;
    const { endsNs } = this.lease(held, this.events.length);
    if (endsNs > nowNs || this.#isGone(id, nowNs)) return;
    const isOver = endsNs + this.#slackNs <= nowNs;
    if (drain < 0 && isOver) leaks.open += 1;
    if (drain < 0 || !isOver || this.#mayBeSettled(id, held)) leaks.possible += 1;
    else leaks.count += 1;
  }

  /** When its group began to get something all the time, as far as this delivery. */
  #servedSinceNs(index: number): number {
    const gapNs = Math.min(1e9, this.#slackNs / 4);
    const times = this.deliveries(0)
      .filter((at) => at <= index)
      .map((at) => this.at(at).timeNs);
    const since = times.findLastIndex(
      (timeNs, at) => timeNs - (times[at - 1] ?? -Infinity) > gapNs,
    );
    return times[since] ?? 0;
  }

  /** When the first of the sessions was opened that are open without a break; where none ever was, always. */
  #openSinceNs(index: number): number {
    const open = new Set<number>();
    let sinceNs = -Infinity;
    for (const event of this.events.slice(0, index)) {
      const kind: number = event.kind;
      if (kind === EventKind.sessionOpened) {
        if (open.size === 0) sinceNs = event.timeNs;
        open.add(event.session);
        continue;
      }
      const isEnd = kind === EventKind.sessionClosed || kind === EventKind.crashed;
      const ended = [...open].filter((session) => isEnd && this.#isEndOf(event, session));
      for (const session of ended) open.delete(session);
      if (ended.length > 0 && open.size === 0) sinceNs = Infinity;
    }
    return sinceNs;
  }

  #isEndOf(event: EventRecord, session: number): boolean {
    if (event.kind === EventKind.sessionClosed) return event.session === session;
    return this.of(EventKind.sessionOpened).some(
      (one) => one.session === session && one.actor === event.actor,
    );
  }

  /** Not before this: its request, or what its session was opened and answered before it. */
  #handedOutNs(index: number): number {
    const event = this.at(index);
    if (has(event, Flag.pulled)) return event.auxNs;
    const before = this.events.slice(0, index);
    const firstPushed = this.events.findIndex(
      (one) => one.kind === EventKind.deliver && !has(one, Flag.pulled),
    );
    const known = before.flatMap((answer) => {
      if (answer.session !== event.session) return [];
      if (answer.kind !== EventKind.settleSettled || answer.outcome !== OutcomeCode.ok) return [];
      const began = before.findIndex(
        (one) =>
          one.kind === EventKind.settleInvoke &&
          one.session === answer.session &&
          one.ticket === answer.ticket,
      );
      return began > firstPushed ? [this.at(began).timeNs] : [];
    });
    return Math.max(this.#openedNs(event, index), ...known);
  }

  /** When the present life of its session was opened; -1 if nobody said. */
  #openedNs({ session }: EventRecord, index: number): number {
    const opened = this.events
      .slice(0, index)
      .findLast((one) => one.kind === EventKind.sessionOpened && one.session === session);
    return opened?.timeNs ?? -1;
  }

  /** It expired, was moved or removed, or may have expired by then. */
  #isGone(id: string, nowNs: number): boolean {
    const timed = this.of(EventKind.sendTimed).find(isOf(id));
    const skewNs = this.facts.bounds.skewMs * 1e6;
    if (timed !== undefined && timed.positionMajor <= nowNs + skewNs) return true;
    return this.events.some((event, at) => {
      if (event.kind === EventKind.purged) {
        const done = this.doneAt(id, 0);
        return this.isInvokedBefore(id, at) && (done < 0 || done > at);
      }
      const isMoved = event.kind === EventKind.expired || event.kind === EventKind.deadLettered;
      return isMoved && isOf(id)(event);
    });
  }

  /** Its settlement was begun, or it was its last attempt. */
  #mayBeSettled(id: string, held: number): boolean {
    const isBegun = this.events
      .slice(held)
      .some(
        (event) =>
          event.kind === EventKind.settleInvoke &&
          (event.detail === SettlementCode.acknowledge || event.detail === SettlementCode.reject) &&
          isOf(id)(event),
      );
    const [group] = this.facts.groups;
    const attempts = group?.role === 'subscription' ? group.attempts : 0;
    const { attempt } = this.at(held);
    return isBegun || (attempts > 0 && (attempt === 0 || attempt >= attempts));
  }
}

it('V3 agrees with a naive oracle on every small history of leases', () => {
  const seen = { late: 0, never: 0, possible: 0, clean: 0, undecided: 0 };
  fc.assert(
    fc.property(randomLeaks, ({ history, facts }) => {
      const { count, possible, open } = new NaiveLeaks(history.events, facts).judge();
      const result = resultAlone('V3', history, facts);
      if (count === 0 && open > 0) {
        seen.undecided += 1;
        expect(result.status).toBe('undecided');
        return;
      }
      if (possible > 0) seen.possible += 1;
      if (count + possible === 0) seen.clean += 1;
      expect(result).toMatchObject({ status: 'decided', count, possible });
      if (result.status !== 'decided') return;
      if ((result.classes['late'] ?? 0) > 0) seen.late += 1;
      if ((result.classes['never'] ?? 0) > 0) seen.never += 1;
    }),
    { numRuns: 1_500, seed: 20_261_130 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(30);
});
