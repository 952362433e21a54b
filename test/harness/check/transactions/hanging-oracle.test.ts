import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  EventKind,
  type EventRecord,
  OutcomeCode,
  TransactionEndCode,
} from '../../../../harness/core/events.ts';
import { type CellFacts, defaultBounds, plainGroup } from '../../../../harness/core/facts.ts';
import { resultAlone } from '../history-of.ts';
import { randomHanging } from './random-hanging.ts';
import { transacted } from './transaction-history.ts';

const facts: Partial<CellFacts> = {
  ...transacted,
  groups: [plainGroup, plainGroup, { role: 'read-back' }],
  placed: true,
  bounds: { ...defaultBounds, hangingMs: 0.02 },
};
const hangingNs = 20_000;

const isOk = ({ outcome }: EventRecord): boolean => outcome === OutcomeCode.ok;

/** By looking through the whole history for each read. */
class NaiveHanging {
  readonly #events: readonly EventRecord[];

  constructor(events: readonly EventRecord[]) {
    this.#events = events;
  }

  /** Times that a subscription got stuck: it is until a read sees further than where it was. */
  count(): number {
    let count = 0;
    for (const group of [0, 1]) {
      for (const of of [0, 1]) {
        let stuckAt = -1;
        for (const read of this.#reads(group, of)) {
          const missed = this.#missed(read);
          if (missed < 0 && read.positionMajor > stuckAt) stuckAt = -1;
          if (missed < 0) continue;
          if (stuckAt < 0) count += 1;
          stuckAt = Math.max(stuckAt, missed);
        }
      }
    }
    return count;
  }

  #reads(group: number, of: number): readonly EventRecord[] {
    return this.#events.filter(
      (event) => event.kind === EventKind.read && event.group === group && event.scope === of,
    );
  }

  /** The furthest entry that the read could not see and should have; -1 if there is none. */
  #missed(read: EventRecord): number {
    const missed = this.#events.filter((entry, index) => {
      if (this.#events.indexOf(read) < index) return false;
      if (entry.kind !== EventKind.sendSettled || entry.scope !== read.scope) return false;
      if (entry.positionMajor < read.positionMajor) return false;
      const readableNs = this.#readableNs(entry);
      const limitNs = read.auxNs - hangingNs;
      return (
        readableNs < limitNs &&
        this.#transactions().every(
          (transaction) =>
            this.#beganNs(transaction) > readableNs || this.#endedNs(transaction) < limitNs,
        )
      );
    });
    return Math.max(-1, ...missed.map(({ positionMajor }) => positionMajor));
  }

  /** Acknowledged and, if it was sent in a transaction, committed. */
  #readableNs(entry: EventRecord): number {
    const sent = this.#events.find(
      ({ kind, lane, seq }) =>
        kind === EventKind.sendInvoke && lane === entry.lane && seq === entry.seq,
    );
    if (sent === undefined || sent.ref === 0) return entry.timeNs;
    const end = this.#end(sent.ref);
    if (end?.detail !== TransactionEndCode.commit) return Number.POSITIVE_INFINITY;
    return Math.max(entry.timeNs, end.timeNs);
  }

  #transactions(): readonly number[] {
    return [...new Set(this.#events.map((event) => this.#transactionOf(event)))].filter(Boolean);
  }

  #transactionOf({ kind, ref }: EventRecord): number {
    const isOfOne =
      kind === EventKind.sendInvoke ||
      kind === EventKind.transactionBegin ||
      kind === EventKind.transactionRead ||
      kind === EventKind.transactionEndInvoke;
    return isOfOne ? ref : 0;
  }

  #beganNs(transaction: number): number {
    return this.#firstOf(transaction)?.timeNs ?? Number.POSITIVE_INFINITY;
  }

  #firstOf(transaction: number): EventRecord | undefined {
    return this.#events.find((event) => this.#transactionOf(event) === transaction);
  }

  #end(transaction: number): EventRecord | undefined {
    return this.#events.find(
      (event) =>
        event.kind === EventKind.transactionEndSettled && event.ref === transaction && isOk(event),
    );
  }

  /** By an answer, or because the id that it was said to be of was initialised again. */
  #endedNs(transaction: number): number {
    const ended = this.#end(transaction)?.timeNs ?? Number.POSITIVE_INFINITY;
    const named = this.#events.find(
      ({ kind, ref }) =>
        ref === transaction &&
        (kind === EventKind.transactionBegin || kind === EventKind.transactionEndInvoke),
    );
    if (named === undefined) return ended;
    const fenced = this.#events.find(
      (event) =>
        event.kind === EventKind.transactionInit &&
        isOk(event) &&
        event.scope === named.scope &&
        event.timeNs > named.timeNs,
    );
    return Math.min(ended, fenced?.timeNs ?? Number.POSITIVE_INFINITY);
  }
}

it('T9 agrees with a naive oracle on every small history of reads and transactions', () => {
  const seen = { stuck: 0, twice: 0, clean: 0 };
  fc.assert(
    fc.property(randomHanging, (events) => {
      if (!events.some(({ kind, group }) => kind === EventKind.read && group < 2)) return;
      const count = new NaiveHanging(events).count();
      if (count === 0) seen.clean += 1;
      else seen.stuck += 1;
      if (count > 1) seen.twice += 1;
      expect(resultAlone('T9', events, facts)).toMatchObject({ count, possible: 0 });
    }),
    { numRuns: 2_000, seed: 20_261_130 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});
