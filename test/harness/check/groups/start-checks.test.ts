import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../../../harness/core/anomalies.ts';
import type { CellFacts } from '../../../../harness/core/facts.ts';
import { consumerA, consumerB, judge, resultOf } from '../history-of.ts';
import { type GroupHistory, groupHistory, logFacts, ms, readsFromStart } from './group-history.ts';

/** `1` proven, `0+1` possible, of G3 and G7. */
function starts(history: GroupHistory, facts: CellFacts = logFacts): string[] {
  const judgement = judge(history, facts);
  return (['G3', 'G7'] as const).map((id: CheckId) => {
    const result = resultOf(judgement, id);
    if (result.status !== 'decided') return result.status;
    return result.possible === 0 ? String(result.count) : `${result.count}+${result.possible}`;
  });
}

const started = (): GroupHistory =>
  groupHistory().open(consumerA).open(consumerB).fill(8).readElsewhere(8).assign(consumerA, 1);

/** Has read 0 to 3 and committed 4; somebody else has the scope now. */
const handedOver = (): GroupHistory =>
  started().read([0, 1, 2, 3]).commit(4).revoke(consumerA).assign(consumerB, 2);

describe('G3, below the committed offset', () => {
  it('counts what a new owner gets below the commit, and not what the old one got', () => {
    expect(starts(handedOver().read([4, 3, 2, 5], consumerB))).toEqual(['2', '0']);
    expect(starts(started().read([0, 1, 2, 3]).commit(4).read([2, 3]))).toEqual(['0', '0']);
  });

  it('respects a commit backwards, one without an answer, and a seek', () => {
    const back = started().read([0, 1, 2, 3]).commit(4).commit(1).revoke(consumerA);
    expect(starts(back.assign(consumerB, 2).read([1, 2], consumerB))).toEqual(['0', '0']);
    const open = started().read([0, 1, 2, 3]).commit(4).commitBegins(1).crash(consumerA);
    expect(starts(open.assign(consumerB, 2).read([1, 2], consumerB))).toEqual(['0', '0']);
    expect(starts(handedOver().seek(consumerB, 0).read([0, 1], consumerB))).toEqual(['0', '0']);
    const later = handedOver().read([4, 5], consumerB).commit(1, { to: consumerB });
    expect(starts(later.read([2], consumerB))).toEqual(['0', '0']);
  });

  it('calls a copy possible that its session may have asked for when it had the scope before', () => {
    const again = (): GroupHistory => handedOver().revoke(consumerB).assign(consumerA, 3);
    expect(starts(again().deliver(0, 3, { at: [0, 3] }))).toEqual(['0+1', '0+1']);
    expect(starts(again().read([3]))).toEqual(['1', '1']);
  });
});

describe('G7, start position', () => {
  it('finds a start too early and one too late', () => {
    expect(starts(handedOver().read([2, 3, 4], consumerB))).toEqual(['2', '1']);
    expect(starts(handedOver().read([6, 7], consumerB))).toEqual(['0', '1']);
    expect(starts(handedOver().read([4, 5], consumerB))).toEqual(['0', '0']);
  });

  it('finds nothing where the next existing entry is the first', () => {
    const gap = groupHistory().open(consumerA).open(consumerB).send(0, 0, 'ok', [0, 0]);
    gap
      .send(0, 1, 'ok', [0, 9])
      .assign(consumerA, 1)
      .deliver(0, 0, { at: [0, 0] })
      .commit(1);
    const next = gap
      .crash(consumerA)
      .assign(consumerB, 2)
      .deliver(0, 1, { to: consumerB, at: [0, 9] });
    expect(starts(next)).toEqual(['0', '0']);
  });

  it('proves nothing of a member that was told of its assignment when a later one was known', () => {
    const late = started().read([0, 1, 2, 3]).commit(4).assign(consumerB, 0);
    expect(starts(late.read([0, 1], consumerB))).toEqual(['2', '1']);
    const older = groupHistory().open(consumerA).open(consumerB).fill(8).readElsewhere(8);
    const toldLate = older.assign(consumerA, 4).read([0, 1, 2, 3]).commit(4).assign(consumerB, 3);
    expect(starts(toldLate.read([0, 1], consumerB))).toEqual(['0+2', '0+1']);
  });

  it('takes whatever commit may have been in force for right', () => {
    const open = (): GroupHistory =>
      started().read([0, 1, 2, 3]).commit(2).commitBegins(4).crash(consumerA).assign(consumerB, 2);
    expect(starts(open().read([2, 3], consumerB))).toEqual(['0', '0']);
    expect(starts(open().read([4, 5], consumerB))).toEqual(['0', '0']);
    expect(starts(open().read([3, 4], consumerB))).toEqual(['0', '1']);
    const between = started().read([0, 1]).revoke(consumerA).assign(consumerB, 2);
    expect(starts(between.commit(2).read([2], consumerB))).toEqual(['0', '0']);
  });

  it('without a commit asks for the beginning, and nothing of a group that starts at the latest', () => {
    expect(starts(started().read([0, 1]))).toEqual(['0', '0']);
    expect(starts(started().read([1, 2]))).toEqual(['0', '1']);
    const again = started().read([0, 1]).crash(consumerA).assign(consumerB, 2);
    expect(starts(again.read([2], consumerB))).toEqual(['0', '1']);
    const facts = {
      ...logFacts,
      groups: [{ ...readsFromStart, reset: 'latest' as const }, { role: 'read-back' as const }],
    };
    expect(starts(started().read([3, 4]), facts)).toEqual(['0', '0']);
  });

  it('is not misled by a renewed assignment, and only judges the first copy of each', () => {
    const renewed = handedOver().read([4, 5], consumerB).assign(consumerB, 3).wait(ms);
    expect(starts(renewed.read([6, 7], consumerB))).toEqual(['0', '0']);
  });
});
