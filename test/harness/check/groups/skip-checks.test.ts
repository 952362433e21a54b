import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../../../harness/core/anomalies.ts';
import { EventKind, OutcomeCode, TransactionEndCode } from '../../../../harness/core/events.ts';
import type { CellFacts } from '../../../../harness/core/facts.ts';
import { consumerA, consumerB, judge, resultOf } from '../history-of.ts';
import { type GroupHistory, groupHistory, logFacts, readsFromStart } from './group-history.ts';

/** `1` proven, `0+1` possible, of G1 and G2. */
function skips(history: GroupHistory, facts: CellFacts = logFacts): string[] {
  const judgement = judge(history, facts);
  const texts = (['G1', 'G2'] as const).map((id: CheckId) => {
    const result = resultOf(judgement, id);
    if (result.status !== 'decided') return result.status;
    return result.possible === 0 ? String(result.count) : `${result.count}+${result.possible}`;
  });
  return texts;
}

const started = (entries = 8): GroupHistory =>
  groupHistory()
    .open(consumerA)
    .open(consumerB)
    .fill(entries)
    .readElsewhere(entries)
    .assign(consumerA, 1);

/** Has read 0 to 2, committed 5, and is replaced. */
const ahead = (): GroupHistory =>
  started().read([0, 1, 2]).commit(5).crash(consumerA).assign(consumerB, 2);

describe('G1, committed ahead', () => {
  it('counts each entry that a restart skipped below the commit', () => {
    expect(skips(ahead().read([5, 6, 7], consumerB).drained())).toEqual(['2', '2']);
  });

  it('counts them as well when nothing is read after the restart', () => {
    const history = started(5).read([0, 1, 2]).commit(5).crash(consumerA).assign(consumerB, 2);
    expect(skips(history.drained())).toEqual(['2', '2']);
  });

  it('does without anybody else who has read them, unless somebody else passed over them as well', () => {
    const alone = (): GroupHistory =>
      groupHistory()
        .open(consumerA)
        .open(consumerB)
        .fill(5)
        .assign(consumerA, 1)
        .read([0, 1, 2])
        .commit(4);
    const restart = (history: GroupHistory): string[] =>
      skips(history.crash(consumerA).assign(consumerB, 2).read([4], consumerB).drained());
    expect(restart(alone())).toEqual(['1', '1']);
    const elsewhere = { to: consumerB, group: 1, at: [0, 4] } as const;
    expect(restart(alone().deliver(0, 4, elsewhere))).toEqual(['0+1', '0+1']);
  });

  it('does not when no restart follows, for the group may yet be reading', () => {
    expect(skips(started(5).read([0, 1, 2]).commit(5).read([3, 4]).drained())).toEqual(['0', '0']);
    expect(skips(started(5).read([0, 1, 2]).commit(5).drained())).toEqual(['0', '2']);
  });

  it('remembers what a restart found, whatever is committed after it', () => {
    const history = started(8).read([0, 1, 2]).commit(5).crash(consumerA).assign(consumerB, 2);
    expect(skips(history.commit(7, { to: consumerB }).drained())).toEqual(['2', '4']);
  });

  it('takes no session for started anew because another one has read between', () => {
    const history = started(5).assign(consumerB, 1).read([0]).read([1], consumerB).commit(4);
    expect(skips(history.read([4]).drained())).toEqual(['0', '2']);
    const anew = started(5).assign(consumerB, 1).read([0, 1]).commit(4);
    expect(skips(anew.read([4], consumerB).drained())).toEqual(['2', '2']);
  });

  it('does not when the entries come after all, or never existed', () => {
    const history = ahead().read([5, 6, 7], consumerB).read([3, 4], consumerB).drained();
    expect(skips(history)).toEqual(['0', '0']);
    const gap = groupHistory().open(consumerA).assign(consumerA, 1).read([]);
    for (const at of [0, 1, 2, 5]) gap.send(0, at === 5 ? 3 : at, 'ok', [0, at]);
    gap
      .deliver(0, 0, { at: [0, 0] })
      .deliver(0, 1, { at: [0, 1] })
      .deliver(0, 2, { at: [0, 2] });
    gap.commit(5).crash(consumerA).assign(consumerB, 2);
    expect(skips(gap.deliver(0, 3, { to: consumerB, at: [0, 5] }).drained())).toEqual(['0', '0']);
  });

  it('does not blame a commit that was refused or aborted, or whose fate nobody knows', () => {
    const after = (history: GroupHistory): string[] =>
      skips(history.crash(consumerA).assign(consumerB, 2).read([5, 6, 7], consumerB).drained());
    expect(after(started().read([0, 1, 2]).commit(5, { outcome: 'fail' }))).toEqual(['0', '2']);
    expect(after(started().read([0, 1, 2]).commit(5, { outcome: 'unknown' }))).toEqual(['0', '2']);
    const inTransaction = started().read([0, 1, 2]).commit(5, { transaction: 3 });
    const kind = EventKind.transactionEndSettled;
    const ended = { kind, ref: 3, outcome: OutcomeCode.ok };
    expect(after(inTransaction.add({ ...ended, detail: TransactionEndCode.abort }))).toEqual([
      '0',
      '2',
    ]);
    const committed = started().read([0, 1, 2]).commit(5, { transaction: 3 });
    expect(after(committed.add({ ...ended, detail: TransactionEndCode.commit }))).toEqual([
      '2',
      '2',
    ]);
  });

  it('is possible while the group is not drained, or after a seek', () => {
    expect(skips(ahead().read([5], consumerB))).toEqual(['0+2', '0+2']);
    expect(skips(ahead().seek(consumerB, 5).read([5, 6, 7], consumerB).drained())).toEqual([
      '0+2',
      '0+2',
    ]);
  });
});

describe('G2, skipped by its group', () => {
  it('counts what a session passed over, and what a start without a commit did', () => {
    expect(skips(started().read([0, 1, 4, 5, 6, 7]).drained())).toEqual(['0', '2']);
    const late = started().read([0, 1]).crash(consumerA).assign(consumerB, 2);
    expect(skips(late.read([4, 5, 6, 7], consumerB).drained())).toEqual(['0', '2']);
  });

  it('takes what nobody has read for lost rather than skipped', () => {
    const unread = groupHistory().open(consumerA).fill(5).assign(consumerA, 1).read([0, 1, 4]);
    expect(skips(unread.drained())).toEqual(['0', '0+2']);
  });

  it('takes a late start for possible where the group need not begin at the beginning', () => {
    const facts = {
      ...logFacts,
      groups: [{ ...readsFromStart, reset: 'latest' as const }, { role: 'read-back' as const }],
    };
    expect(skips(started().read([4, 5, 6, 7]).drained(), facts)).toEqual(['0', '0+4']);
    expect(skips(started().read([4, 6, 7]).drained(), facts)).toEqual(['0', '1+4']);
    expect(skips(started().read([4, 5, 6, 7]).drained())).toEqual(['0', '4']);
  });

  it('takes as proof a copy of another group, but neither a place without an answer nor a phantom', () => {
    const facts = { ...logFacts, groups: [readsFromStart, readsFromStart] };
    const unanswered = (): GroupHistory =>
      groupHistory()
        .open(consumerA)
        .assign(consumerA, 1)
        .invoke(0, 0)
        .invoke(1, 0)
        .deliver(1, 0, { at: [0, 1] });
    expect(skips(unanswered().drained().drained(1), facts)).toEqual(['0', '0']);
    const other = unanswered().deliver(0, 0, { to: consumerB, group: 1, at: [0, 0] });
    expect(skips(other.drained().drained(1), facts)).toEqual(['0', '1']);
    const phantom = unanswered().deliver(9, 9, { to: consumerB, group: 1, at: [0, 0] });
    expect(skips(phantom.drained().drained(1), facts)).toEqual(['0', '0']);
  });

  it('asks nothing of filtered groups, of scopes that nobody reads, and of transactions', () => {
    const skipped = (): GroupHistory => started().read([0, 1, 4, 5, 6, 7]).drained();
    const filtered = {
      ...logFacts,
      groups: [{ ...readsFromStart, filtered: true }, { role: 'read-back' as const }],
    };
    expect(skips(skipped(), filtered)).toEqual(['0', '0']);
    const elsewhere = groupHistory().open(consumerA).send(1, 0, 'ok', [3, 0]).drained();
    expect(skips(elsewhere)).toEqual(['0', '0']);
    const inTransaction = groupHistory().open(consumerA).assign(consumerA, 1);
    inTransaction.add({ kind: EventKind.sendInvoke, lane: 0, seq: 0, ref: 1, attempt: 1 });
    inTransaction.settled(0, 0, 'ok', [0, 0]).send(1, 0, 'ok', [0, 1]);
    inTransaction.deliver(1, 0, { at: [0, 1] }).drained();
    expect(skips(inTransaction, { ...logFacts, transactions: 'read-committed' })).toEqual([
      '0',
      '0',
    ]);
  });

  it('is possible once something may have been removed before it was read', () => {
    for (const kind of [EventKind.expired, EventKind.purged, EventKind.deadLettered]) {
      const history = started().read([0, 1]).add({ kind, group: 0, lane: 0, seq: 2 });
      expect(skips(history.read([3, 4, 5, 6, 7]).drained())).toEqual(['0', '0+1']);
    }
  });
});
