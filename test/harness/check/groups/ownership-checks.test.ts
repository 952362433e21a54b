import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../../../harness/core/anomalies.ts';
import { EventKind, OutcomeCode, TransactionEndCode } from '../../../../harness/core/events.ts';
import { consumerA, consumerB, judge, resultOf } from '../history-of.ts';
import { type GroupHistory, groupHistory, logFacts, ms } from './group-history.ts';

const both = (): GroupHistory => groupHistory().open(consumerA).open(consumerB).fill(8);

/** `1` proven, `0+1` possible. */
function found(history: GroupHistory, id: CheckId): string {
  const result = resultOf(judge(history, logFacts), id);
  if (result.status !== 'decided') return result.status;
  return result.possible === 0 ? String(result.count) : `${result.count}+${result.possible}`;
}

describe('O9, two owners', () => {
  it('finds two owners in one generation, however the first one ends', () => {
    const two = (): GroupHistory =>
      both()
        .assign(consumerA, 3)
        .assign(consumerB, 3)
        .wait(5 * ms);
    expect(found(two().revoke(consumerA), 'O9')).toBe('1');
    expect(found(two().lose(consumerA), 'O9')).toBe('1');
    expect(found(two().drained(), 'O9')).toBe('1');
  });

  it('finds nothing in a handover, in either order of generations and scopes', () => {
    const history = both().assign(consumerA, 1).revoke(consumerA).assign(consumerB, 2);
    expect(
      found(history.assign(consumerA, 2, 1).revoke(consumerB).assign(consumerA, 3), 'O9'),
    ).toBe('0');
  });

  it('calls callbacks that cross within the skew possible', () => {
    const history = both().assign(consumerA, 3).assign(consumerB, 3).revoke(consumerA);
    expect(found(history.wait(5 * ms), 'O9')).toBe('0+1');
  });

  it('does not count a member that was taken for dead and learns of it late, whatever it read', () => {
    const history = both()
      .assign(consumerA, 3)
      .read([0])
      .assign(consumerB, 4)
      .wait(9 * ms);
    expect(found(history.read([1], consumerA).lose(consumerA), 'O9')).toBe('0+1');
  });

  it('counts an older generation that is served on and on', () => {
    const history = both()
      .assign(consumerA, 3)
      .read([0])
      .assign(consumerB, 4)
      .wait(9 * ms);
    expect(found(history.read([1], consumerA).wait(9 * ms), 'O9')).toBe('1');
  });

  it('does not count what the older generation had asked for before', () => {
    const history = both().assign(consumerA, 3);
    const requestedNs = history.nowNs;
    history
      .assign(consumerB, 4)
      .wait(9 * ms)
      .deliver(0, 1, { at: [0, 1], requestedNs });
    expect(found(history.wait(9 * ms), 'O9')).toBe('0+1');
  });

  it('where generations are not known, asks for an orderly end or none', () => {
    const two = (): GroupHistory =>
      both()
        .assign(consumerA)
        .assign(consumerB)
        .wait(5 * ms);
    expect(found(two().revoke(consumerA), 'O9')).toBe('1');
    expect(found(two().lose(consumerA), 'O9')).toBe('0+1');
    expect(found(two().crash(consumerA), 'O9')).toBe('0+1');
    expect(found(two().read([1], consumerA).lose(consumerA), 'O9')).toBe('1');
  });

  it('knows the older one by its generation when its callback comes last', () => {
    const history = both()
      .assign(consumerB, 4)
      .assign(consumerA, 3)
      .wait(5 * ms);
    expect(found(history.read([1], consumerB), 'O9')).toBe('0+1');
  });
});

describe('G4, zombie', () => {
  const handedOver = (): GroupHistory =>
    both()
      .assign(consumerA, 1)
      .read([0])
      .assign(consumerB, 2)
      .wait(5 * ms);

  it('counts an old commit and an old acknowledgement that were accepted', () => {
    const history = handedOver().commit(1, { generation: 1 }).settle(0, 0);
    expect(found(history.lose(consumerA), 'G4')).toBe('2');
  });

  it('does not count what was refused, begun before, or of the owner itself', () => {
    expect(found(handedOver().commit(1, { generation: 1, outcome: 'fail' }), 'G4')).toBe('0');
    expect(found(handedOver().commit(1, { to: consumerB, generation: 2 }), 'G4')).toBe('0');
    const crossing = both().assign(consumerA, 1).commitBegins(0, { generation: 1 });
    expect(
      found(
        crossing
          .assign(consumerB, 2)
          .wait(5 * ms)
          .commitEnds(0),
        'G4',
      ),
    ).toBe('0');
    const kept = both()
      .assign(consumerA, 1)
      .assign(consumerB, 7, 1)
      .wait(5 * ms);
    expect(found(kept.commit(1, { generation: 1 }), 'G4')).toBe('0');
  });

  it('calls it possible within the skew, and where generations are not known', () => {
    const close = both().assign(consumerA, 1).assign(consumerB, 2).commit(0, { generation: 1 });
    expect(found(close, 'G4')).toBe('0+1');
    const unknown = both()
      .assign(consumerA)
      .revoke(consumerA)
      .assign(consumerB)
      .wait(5 * ms);
    expect(found(unknown.commit(0), 'G4')).toBe('0+1');
  });

  it('waits for the end of the transaction that carries the offsets', () => {
    const end = (outcome: OutcomeCode, detail: number): string => {
      const history = handedOver().commit(1, { generation: 1, transaction: 5 });
      const kind = EventKind.transactionEndSettled;
      return found(history.add({ kind, ref: 5, outcome, detail }), 'G4');
    };
    expect(end(OutcomeCode.ok, TransactionEndCode.commit)).toBe('1');
    expect(end(OutcomeCode.ok, TransactionEndCode.abort)).toBe('0');
    expect(end(OutcomeCode.fail, TransactionEndCode.commit)).toBe('0');
    expect(end(OutcomeCode.unknown, TransactionEndCode.commit)).toBe('0+1');
  });
});

describe('G5, foreign scope', () => {
  it('counts a copy of a scope that was never assigned, and one requested after the end', () => {
    const never = both()
      .assign(consumerA, 1)
      .deliver(0, 0, { at: [1, 0] });
    expect(found(never.wait(5 * ms).assign(consumerA, 1, 1), 'G5')).toBe('1');
    expect(found(both().assign(consumerA, 1).revoke().wait(ms).read([0]), 'G5')).toBe('1');
  });

  it('calls it possible when it may have been on its way', () => {
    const pushed = both()
      .assign()
      .revoke()
      .deliver(0, 0, { at: [0, 0] });
    expect(found(pushed, 'G5')).toBe('0+1');
    const early = both()
      .deliver(0, 0, { at: [0, 0], requestedNs: 0 })
      .assign();
    expect(found(early, 'G5')).toBe('0+1');
  });

  it('judges neither groups without assignments nor a crashed member', () => {
    expect(found(both().read([0, 1]), 'G5')).toBe('0');
    expect(found(both().assign().crash(consumerA).read([0]), 'G5')).toBe('0');
    expect(found(both().assign().read([0]), 'G5')).toBe('0');
  });
});

describe('G6, orphan scope', () => {
  const orphaned = (): GroupHistory => both().assign(consumerA, 1).close(consumerA);
  const bound = logFacts.bounds.orphanMs * ms;

  it('counts a scope left without an owner beside an open member, once', () => {
    expect(found(orphaned().wait(bound).assign(consumerB, 2), 'G6')).toBe('1');
    expect(found(orphaned().wait(bound).drained().wait(bound).drained(), 'G6')).toBe('1');
  });

  it('counts nothing within the bound, without a member, or under a fault that nobody promised to bear', () => {
    expect(
      found(
        orphaned()
          .wait(bound - 9_000)
          .assign(consumerB, 2),
        'G6',
      ),
    ).toBe('0');
    expect(found(orphaned().close(consumerB).wait(bound).open(consumerB), 'G6')).toBe('0');
    const faulty = orphaned().fault('faultStarted').wait(bound).fault('faultStopped');
    expect(found(faulty.assign(consumerB, 2), 'G6')).toBe('0');
  });

  it('counts under a tolerated fault, and after the end of any', () => {
    const tolerated = orphaned().fault('faultStarted', 0, 1).wait(bound).fault('faultStopped');
    expect(found(tolerated, 'G6')).toBe('1');
    const after = orphaned().fault('faultStarted').fault('faultStopped').wait(bound);
    expect(found(after.drained(), 'G6')).toBe('1');
  });
});
