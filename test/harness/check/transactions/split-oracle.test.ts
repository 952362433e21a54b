import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../../../harness/core/events.ts';
import { type CellFacts, plainFacts, plainGroup } from '../../../../harness/core/facts.ts';
import { resultAlone } from '../history-of.ts';
import { has, idOf, isOf } from '../naive-history.ts';
import { NaiveTransactions } from './naive-transactions.ts';
import { randomSplit } from './random-split.ts';
import { transacted } from './transaction-history.ts';

/** Both halves of T5, by looking through the whole history each time. */
class NaiveSplit extends NaiveTransactions {
  /** Groups that got nothing of what a committed transaction that consumed had written for them. */
  outputsMissing(): number {
    let count = 0;
    const acknowledged = this.acknowledged();
    for (const transaction of this.all()) {
      if (!this.isCommitted(transaction) || !this.#consumes(transaction)) continue;
      const due = this.writes(transaction).filter(
        (id) => this.writers(id).size === 1 && acknowledged.includes(id) && !this.#isExpired(id),
      );
      for (const group of this.groups.filter((one) => this.isDrained(one))) {
        if (due.length > 0 && !due.some((id) => this.isSeen(id, group))) count += 1;
      }
    }
    return count;
  }

  /** Inputs that came again, and those of which nobody can tell. */
  inputsAgain(): { readonly certain: number; readonly possible: number } {
    const again = new Map<string, boolean>();
    for (const index of this.deliveries(0)) {
      const event = this.at(index);
      const id = idOf(event);
      if (!this.arrivedBefore(id, 0, index) || this.#isSecondCopy(index)) continue;
      const consumed = this.#consumptions(index);
      const isCertain = consumed.some((at) => at < this.#beganAt(index));
      const isPossible =
        has(event, Flag.pulled) && consumed.some((at) => this.at(at).timeNs < event.auxNs);
      if (isCertain || isPossible) again.set(id, isCertain || again.get(id) === true);
    }
    const certain = [...again.values()].filter(Boolean).length;
    return { certain, possible: again.size - certain };
  }

  #consumes(transaction: number): boolean {
    return this.events.some((event) =>
      event.kind === EventKind.transactionRead
        ? event.ref === transaction
        : event.kind === EventKind.offsetCommitSettled && event.seq === transaction,
    );
  }

  #isExpired(id: string): boolean {
    return this.of(EventKind.expired).some(isOf(id));
  }

  /** It was first seen elsewhere. */
  #isSecondCopy(index: number): boolean {
    const event = this.at(index);
    const first = this.events.find(
      ({ kind, ...of }) => kind === EventKind.deliver && idOf({ kind, ...of }) === idOf(event),
    );
    return first?.positionMajor !== event.positionMajor;
  }

  /** Commits by which the delivered message had been consumed, since the group was last moved back. */
  #consumptions(index: number): number[] {
    const event = this.at(index);
    return this.all().flatMap((transaction) => {
      const end = this.endedAt(transaction, 'commit');
      if (end < 0 || end > index || !this.#hasOutput(transaction, end)) return [];
      if (this.#isMovedBack(end + 1, index)) return [];
      const isRead = this.events
        .slice(0, end)
        .some(
          ({ kind, ref, ...of }) =>
            kind === EventKind.transactionRead &&
            ref === transaction &&
            idOf({ kind, ref, ...of }) === idOf(event),
        );
      const isCovered =
        has(event, Flag.placed) &&
        this.#carried(transaction, end).some(
          (offset) => offset.scope === event.scope && offset.positionMajor > event.positionMajor,
        );
      // Its own offset may go back, and is what the group goes on from all the same.
      return isCovered || (isRead && !this.#isMovedBack(end, index)) ? [end] : [];
    });
  }

  #hasOutput(transaction: number, end: number): boolean {
    return this.writes(transaction).some((id) =>
      this.events
        .slice(0, end)
        .some(
          (event) =>
            event.kind === EventKind.sendSettled &&
            event.outcome === OutcomeCode.ok &&
            isOf(id)(event),
        ),
    );
  }

  /** The last offset of each scope. */
  #carried(transaction: number, before: number): EventRecord[] {
    const carried = this.events
      .slice(0, before)
      .filter(({ kind, seq }) => kind === EventKind.offsetCommitSettled && seq === transaction);
    return carried.filter((offset) => {
      return offset === carried.findLast(({ scope }) => scope === offset.scope);
    });
  }

  /** By a seek, or by an offset that did not go on from the one before, not before the event at `from`. */
  #isMovedBack(from: number, until: number): boolean {
    const latest = new Map<number, number>();
    for (let index = 0; index < until; index += 1) {
      const event = this.at(index);
      if (event.kind === EventKind.seeked && index >= from) return true;
      for (const { scope, positionMajor } of this.#offsetsAt(index)) {
        const before = latest.get(scope);
        const isOfOutput =
          event.kind === EventKind.transactionEndSettled && this.#hasOutput(event.ref, index);
        const isBack = before === undefined ? !isOfOutput : positionMajor < before;
        if (isBack && index >= from) return true;
        latest.set(scope, positionMajor);
      }
    }
    return false;
  }

  /** Offsets that took effect with this event. */
  #offsetsAt(index: number): EventRecord[] {
    const event = this.at(index);
    if (event.kind === EventKind.offsetCommitInvoke) return [event];
    const isCommit =
      event.kind === EventKind.transactionEndSettled && this.endedAt(event.ref, 'commit') === index;
    return isCommit ? this.#carried(event.ref, index) : [];
  }

  /** When the delivery's session was opened, or its scope assigned to its consumer, whichever came later. */
  #beganAt(index: number): number {
    const event = this.at(index);
    return this.events.slice(0, index).findLastIndex((one) => {
      if (one.kind === EventKind.sessionOpened) return one.session === event.session;
      const isAssigned = one.kind === EventKind.assigned && one.actor === event.actor;
      return isAssigned && has(event, Flag.placed) && one.scope === event.scope;
    });
  }
}

it('T5 agrees with a naive oracle on every small history of transformations', () => {
  const seen = { missing: 0, again: 0, possible: 0, clean: 0, undecided: 0 };
  fc.assert(
    fc.property(randomSplit, ({ events, groups: size, placed }) => {
      const groups = Array.from({ length: size }, () => plainGroup);
      const facts: CellFacts = { ...plainFacts, ...transacted, groups, placed };
      const naive = new NaiveSplit(events, facts);
      const missing = naive.outputsMissing();
      const { certain, possible } = naive.inputsAgain();
      const count = missing + certain;
      const result = resultAlone('T5', events, facts);
      if (missing > 0) seen.missing += 1;
      if (certain > 0) seen.again += 1;
      if (possible > 0) seen.possible += 1;
      if (count === 0 && !naive.groups.every((group) => naive.isDrained(group))) {
        seen.undecided += 1;
        expect(result.status).toBe('undecided');
        return;
      }
      if (count + possible === 0) seen.clean += 1;
      expect(result).toMatchObject({ status: 'decided', count, possible });
    }),
    { numRuns: 2_000, seed: 20_261_130 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});
