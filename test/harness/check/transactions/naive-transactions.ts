import type { CheckId } from '../../../../harness/core/anomalies.ts';
import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  TransactionEndCode,
} from '../../../../harness/core/events.ts';
import type { Tally } from '../naive-duplicates.ts';
import { idOf, isOf, NaiveHistory } from '../naive-history.ts';

const isEnd =
  (kind: EventKind, detail: number, transaction: number) =>
  (event: EventRecord): boolean =>
    event.kind === kind && event.detail === detail && event.ref === transaction;

/** Questions about transactions, answered by looking through the whole history each time. */
export class NaiveTransactions extends NaiveHistory {
  /** In the order in which they are first heard of. */
  all(): number[] {
    const named = this.events.flatMap((event) => {
      if (event.kind === EventKind.sendInvoke && event.ref > 0) return [event.ref];
      const isOne =
        event.kind === EventKind.transactionBegin ||
        event.kind === EventKind.transactionRead ||
        event.kind === EventKind.transactionEndInvoke;
      return isOne ? [event.ref] : [];
    });
    return [...new Set(named)];
  }

  /** Index of the answer that ended it for good, if it was this end; -1 otherwise. */
  endedAt(transaction: number, how: keyof typeof TransactionEndCode): number {
    const isAnswer = (event: EventRecord): boolean =>
      event.kind === EventKind.transactionEndSettled &&
      event.ref === transaction &&
      event.outcome === OutcomeCode.ok;
    const first = this.events.findIndex(isAnswer);
    return this.events[first]?.detail === TransactionEndCode[how] ? first : -1;
  }

  isCommitted(transaction: number): boolean {
    return this.endedAt(transaction, 'commit') >= 0;
  }

  isAborted(transaction: number): boolean {
    return this.endedAt(transaction, 'abort') >= 0;
  }

  askedAt(transaction: number, how: keyof typeof TransactionEndCode): number {
    const isAsked = isEnd(EventKind.transactionEndInvoke, TransactionEndCode[how], transaction);
    return this.events.findIndex(isAsked);
  }

  /** A commit was requested, no answer says that it was not applied, and none that it was. */
  isUnclear(transaction: number): boolean {
    if (this.isCommitted(transaction)) return false;
    const { commit } = TransactionEndCode;
    const until = this.endedAt(transaction, 'abort');
    const before = until < 0 ? this.events : this.events.slice(0, until);
    const asked = before.filter(isEnd(EventKind.transactionEndInvoke, commit, transaction));
    const answered = before.filter(isEnd(EventKind.transactionEndSettled, commit, transaction));
    const refused = answered.filter(({ outcome }) => outcome === OutcomeCode.fail);
    return asked.length > refused.length;
  }

  producerOf(transaction: number): number {
    const begun = this.of(EventKind.transactionBegin).find(({ ref }) => ref === transaction);
    return begun?.scope ?? -1;
  }

  sends(id: string): EventRecord[] {
    return this.of(EventKind.sendInvoke).filter(isOf(id));
  }

  /** Transactions that an attempt of the message was sent in, and 0 for one outside of any. */
  writers(id: string): Set<number> {
    return new Set(this.sends(id).map(({ ref }) => ref));
  }

  writes(transaction: number): string[] {
    return [...this.sent()].filter((id) => this.writers(id).has(transaction));
  }

  isSeen(id: string, group: number, before = this.events.length): boolean {
    return this.events
      .slice(0, before)
      .some(
        (event) => event.kind === EventKind.deliver && event.group === group && isOf(id)(event),
      );
  }

  /** Its commit was requested, and every request for it was refused. */
  isRefused(transaction: number): boolean {
    const isOpen = !this.isCommitted(transaction) && !this.isAborted(transaction);
    return isOpen && this.askedAt(transaction, 'commit') >= 0 && !this.isUnclear(transaction);
  }

  /** Aborted as far as anybody knows, and whether that is beyond doubt. */
  abortedness(id: string): 'certain' | 'possible' | 'no' {
    const writers = [...this.writers(id)];
    const isGone = (writer: number): boolean => this.isAborted(writer) || this.isRefused(writer);
    if (!writers.some(isGone)) return 'no';
    if (writers.includes(0) || writers.some((writer) => this.isCommitted(writer))) return 'no';
    return writers.some((writer) => this.isUnclear(writer)) ? 'possible' : 'certain';
  }

  /** Indices of deliveries before any transaction of the message had been asked to commit. */
  isEarly(id: string, group: number): boolean {
    return this.deliveries(group).some((index) => {
      if (!isOf(id)(this.at(index))) return false;
      const sent = this.events
        .slice(0, index)
        .filter((event) => event.kind === EventKind.sendInvoke && isOf(id)(event));
      return (
        sent.length > 0 &&
        sent.every(({ ref }) => {
          const asked = this.askedAt(ref, 'commit');
          return ref > 0 && (asked < 0 || asked > index);
        })
      );
    });
  }
}

type Opinion = (of: NaiveTransactions) => Tally;

const t1: Opinion = (of) => {
  const read = of.groups.flatMap((group) =>
    [...of.sent()].filter((id) => of.isSeen(id, group)).map((id) => of.abortedness(id)),
  );
  return {
    count: read.filter((how) => how === 'certain').length,
    possible: read.filter((how) => how === 'possible').length,
  };
};

const t2: Opinion = (of) => {
  const early = of.groups.flatMap((group) =>
    [...of.sent()].filter((id) => of.isEarly(id, group) && of.abortedness(id) !== 'certain'),
  );
  return { count: early.length, possible: 0 };
};

const t3: Opinion = (of) => {
  let count = 0;
  for (const group of of.groups.filter((one) => of.isDrained(one))) {
    for (const transaction of of.all()) {
      if (!of.isCommitted(transaction) && of.askedAt(transaction, 'commit') < 0) continue;
      if (of.isAborted(transaction)) continue;
      const acknowledged = new Set(of.acknowledged());
      const due = of
        .writes(transaction)
        .filter((id) => of.writers(id).size === 1 && acknowledged.has(id));
      const seen = due.filter((id) => of.isSeen(id, group));
      const proof = seen.filter((id) => of.isCommitted(transaction) || !of.isEarly(id, group));
      if (proof.length > 0 && seen.length < due.length) count += 1;
    }
  }
  return { count, possible: 0 };
};

const t4: Opinion = (of) => {
  const ends = of.all().filter((one) => of.isCommitted(one));
  const madeFrom = (transaction: number): EventRecord[] =>
    of
      .of(EventKind.sendInvoke)
      .filter(({ ref, flags }) => ref === transaction && (flags & Flag.derived) !== 0);
  const inputOf = (event: EventRecord): string => `${event.positionMajor}:${event.positionMinor}`;
  const isSentBefore = (id: string, event: EventRecord): boolean =>
    of.isInvokedBefore(id, of.events.indexOf(event));
  let [count, possible] = [0, 0];
  for (const id of of.sent()) {
    const applying = ends.filter((transaction) =>
      madeFrom(transaction).some((output) => {
        const answered = of.events
          .slice(0, of.endedAt(transaction, 'commit'))
          .filter((event) => event.kind === EventKind.sendSettled && isOf(idOf(output))(event));
        return (
          inputOf(output) === id &&
          isSentBefore(id, output) &&
          answered.some(({ outcome }) => outcome === OutcomeCode.ok)
        );
      }),
    );
    if (applying.length > 1) count += 1;
    const consumed = of
      .of(EventKind.transactionRead)
      .some((event) => ends.includes(event.ref) && isOf(id)(event) && isSentBefore(id, event));
    if (!consumed || applying.length > 0) continue;
    const all = of.all().flatMap((transaction) => madeFrom(transaction));
    const outputs = all.filter((output) => inputOf(output) === id && isSentBefore(id, output));
    const isDoubtful = outputs.some(({ ref }) => of.isCommitted(ref) || of.isUnclear(ref));
    const derives = all.some((output) => isSentBefore(inputOf(output), output));
    if (outputs.length > 0 && !isDoubtful) count += 1;
    else if (derives) possible += 1;
  }
  return { count, possible };
};

const t6: Opinion = (of) => {
  let count = 0;
  for (const id of of.sent()) {
    if (of.abortedness(id) !== 'certain') continue;
    const taken = [...of.writers(id)].some((writer) => {
      const asked = of.askedAt(writer, 'abort');
      const isAnswered = of.events
        .slice(0, asked)
        .some(
          (event) =>
            event.kind === EventKind.sendSettled &&
            event.outcome === OutcomeCode.ok &&
            isOf(id)(event),
        );
      const ended = of.endedAt(writer, 'abort');
      if (ended < 0 || asked < 0 || isAnswered) return false;
      const own = of.all().filter((one) => of.producerOf(one) === of.producerOf(writer));
      const commits = own.map((one) => [of.endedAt(one, 'commit'), one] as const);
      const [next] = commits.filter(([at]) => at > ended).toSorted(([a], [b]) => a - b);
      if (next === undefined) return false;
      const asking = of.askedAt(next[1], 'commit');
      return asking > ended && !of.groups.some((group) => of.isSeen(id, group, asking));
    });
    if (taken) count += of.groups.filter((group) => of.isSeen(id, group)).length;
  }
  return { count, possible: 0 };
};

/** Sets of committed transactions that reach each other by who read whose writes. */
const t7: Opinion = (of) => {
  const committed = of.all().filter((one) => of.isCommitted(one));
  const readsFrom = (reader: number): number[] =>
    of.events.flatMap((event, at) => {
      if (event.ref !== reader) return [];
      const isDerived = event.kind === EventKind.sendInvoke && (event.flags & Flag.derived) !== 0;
      if (!isDerived && event.kind !== EventKind.transactionRead) return [];
      const input = isDerived ? `${event.positionMajor}:${event.positionMinor}` : idOf(event);
      const sends = of.events
        .slice(0, at)
        .filter((one) => one.kind === EventKind.sendInvoke && isOf(input)(one));
      const [writer, another] = new Set(sends.map(({ ref }) => ref));
      return writer === undefined || another !== undefined ? [] : [writer];
    });
  const reach = (from: number): Set<number> => {
    const found = new Set<number>();
    const open = [from];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const writer of readsFrom(next)) {
        if (writer === next || found.has(writer) || !committed.includes(writer)) continue;
        found.add(writer);
        open.push(writer);
      }
    }
    return found;
  };
  const cyclic = committed.filter((one) => reach(one).has(one));
  const cycles = cyclic.map((one) => [...reach(one)].filter((other) => reach(other).has(one)));
  return { count: new Set(cycles.map((members) => Math.min(...members))).size, possible: 0 };
};

/** What the checks must find; T4 where there is one group. */
export const opinions: Partial<Readonly<Record<CheckId, Opinion>>> = {
  T1: t1,
  T2: t2,
  T3: t3,
  T4: t4,
  T6: t6,
  T7: t7,
};
