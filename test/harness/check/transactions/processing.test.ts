import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../../../harness/core/anomalies.ts';
import type { CellFacts } from '../../../../harness/core/facts.ts';
import { consumerA, findings, judge, resultOf, twoGroups } from '../history-of.ts';
import { transacted, type TransactionHistory, transactions } from './transaction-history.ts';

const again = { actor: consumerA.actor, session: 21 };

function of(id: CheckId, history: TransactionHistory, facts: Partial<CellFacts> = {}): unknown {
  return findings(judge(history, { ...transacted, ...facts }))[id];
}

/** Lane 0 holds inputs, lane 1 what is made from them. */
const input = () => transactions().open(consumerA).send(0, 0).deliver(0, 0).begin(1).reads(1, 0, 0);

describe('T4 applied other than once', () => {
  const once = () => input().write(1, 1, 0, { from: [0, 0] });

  it('finds outputs of one input in two committed transactions', () => {
    const history = once()
      .commit(1)
      .begin(2)
      .reads(2, 0, 0)
      .write(2, 1, 1, { from: [0, 0] });
    expect(of('T4', history.commit(2))).toBe('1');
  });

  it('lets one transaction make many outputs from an input', () => {
    expect(
      of(
        'T4',
        once()
          .write(1, 1, 1, { from: [0, 0] })
          .commit(1),
      ),
    ).toBeUndefined();
  });

  it('lets a transaction repeat what an aborted one had made', () => {
    const history = once()
      .abort(1)
      .begin(2)
      .reads(2, 0, 0)
      .write(2, 1, 1, { from: [0, 0] });
    expect(of('T4', history.commit(2))).toBeUndefined();
  });

  it('lets each of two groups make its own outputs', () => {
    const history = once()
      .commit(1)
      .begin(2)
      .reads(2, 0, 0, 1)
      .write(2, 1, 1, { from: [0, 0] });
    expect(of('T4', history.commit(2), twoGroups)).toBeUndefined();
  });

  it('counts an output only if its own send was acknowledged', () => {
    const write = { from: [0, 0], outcome: 'fail' } as const;
    const history = once().commit(1).begin(2).reads(2, 0, 0).write(2, 1, 1, write).commit(2);
    expect(of('T4', history)).toBeUndefined();
  });

  it('finds an input that was consumed by a commit while its output had been aborted', () => {
    expect(of('T4', once().abort(1).begin(2).reads(2, 0, 0).commit(2))).toBe('1');
  });

  it('finds one that a carried offset left behind', () => {
    const at = [5, 0] as const;
    const history = transactions().send(0, 0, 'ok', at).deliver(0, 0, { at }).begin(1);
    history
      .carries(1, 5, 1)
      .write(1, 1, 0, { from: [0, 0] })
      .abort(1);
    expect(of('T4', history.begin(2).carries(2, 5, 1).commit(2))).toBe('1');
  });

  it('is possible only for an input of which nothing was ever made', () => {
    const history = once().commit(1).send(0, 1).deliver(0, 1).begin(2).reads(2, 0, 1).commit(2);
    expect(of('T4', history)).toBe('0+1');
  });

  it('is possible only when the commit of its output has an unknown outcome', () => {
    const history = once().commit(1, 'unknown').begin(2).reads(2, 0, 0).commit(2);
    expect(of('T4', history)).toBe('0+1');
  });
});

describe('T5 split', () => {
  const both = () => input().write(1, 1, 0, { from: [0, 0] });

  it('finds inputs that were committed without any of their outputs', () => {
    expect(of('T5', both().commit(1).drained())).toBe('1');
    expect(of('T5', both().commit(1).deliver(1, 0).drained())).toBeUndefined();
  });

  it('finds an input delivered again in a session that began after the commit', () => {
    const history = both().commit(1).deliver(1, 0).close(consumerA).open(again);
    expect(of('T5', history.deliver(0, 0, { to: again }).drained())).toBe('1');
  });

  it('finds one below an offset that its transaction carried', () => {
    const at = [5, 0] as const;
    const history = transactions().open(consumerA).send(0, 0, 'ok', at).deliver(0, 0, { at });
    history.begin(1).carries(1, 5, 1).write(1, 1, 0).commit(1).deliver(1, 0);
    history.close(consumerA).open(again).deliver(0, 0, { to: again, at });
    expect(of('T5', history.drained())).toBe('1');
  });

  it('lets an input of an aborted transaction come back', () => {
    const history = both().abort(1).close(consumerA).open(again).deliver(0, 0, { to: again });
    expect(of('T5', history.drained())).toBeUndefined();
  });

  it('is excused by a seek', () => {
    const history = both().commit(1).deliver(1, 0).close(consumerA).open(again);
    history.add({ kind: 25, ...again, group: 0 }).deliver(0, 0, { to: again });
    expect(of('T5', history.drained())).toBeUndefined();
  });

  const at = [5, 0] as const;
  /** Its offset is carried by transaction 1, and consumer A goes on with it. */
  const carried = () => {
    const history = transactions().open(consumerA).send(0, 0, 'ok', at).deliver(0, 0, { at });
    return history.begin(1).carries(1, 5, 1).write(1, 1, 0).commit(1).deliver(1, 0);
  };
  const assigned = (scope: number) => ({ kind: 12, ...consumerA, group: 0, scope }) as const;

  it('takes an assignment of its own scope for a beginning, and of no other', () => {
    expect(of('T5', carried().add(assigned(5)).deliver(0, 0, { at }).drained())).toBe('1');
    expect(of('T5', carried().add(assigned(6)).deliver(0, 0, { at }).drained())).toBeUndefined();
  });

  it('is excused by an offset that went back, and by none that went on', () => {
    const begins = { kind: 15, ...consumerA, group: 0, scope: 5, flags: 2 } as const;
    const to = { to: again, at };
    const back = carried()
      .add({ ...begins, positionMajor: 0 })
      .open(again)
      .deliver(0, 0, to);
    expect(of('T5', back.drained())).toBeUndefined();
    const on = carried()
      .add({ ...begins, positionMajor: 2 })
      .open(again)
      .deliver(0, 0, to);
    expect(of('T5', on.drained())).toBe('1');
    const within = carried().begin(2).carries(2, 5, 0).write(2, 1, 1).commit(2).deliver(1, 1);
    expect(of('T5', within.open(again).deliver(0, 0, to).drained())).toBeUndefined();
  });

  it('counts from the first of two commits, and goes by the last offset of each', () => {
    const twice = both().commit(1).open(again).begin(2).reads(2, 0, 0).write(2, 1, 1).commit(2);
    twice.deliver(1, 0).deliver(1, 1).deliver(0, 0, { to: again });
    expect(of('T5', twice.drained())).toBe('1');
    const corrected = transactions().open(consumerA).send(0, 0, 'ok', at).deliver(0, 0, { at });
    corrected.begin(1).carries(1, 5, 1).carries(1, 5, 0).write(1, 1, 0).commit(1).deliver(1, 0);
    corrected.open(again).deliver(0, 0, { to: again, at });
    expect(of('T5', corrected.drained())).toBeUndefined();
  });

  it('is possible only when the session began before the commit was answered', () => {
    const history = both().asks(1, 'commit').open(again).answers(1, 'commit').deliver(1, 0);
    const late = { to: again, requestedNs: history.nowNs };
    expect(of('T5', history.deliver(0, 0, late).drained())).toBe('0+1');
  });
});

describe('consumption by a transaction', () => {
  it('settles what it consumed: a later copy came after its settlement', () => {
    const history = input().commit(1).close(consumerA).open(again).deliver(0, 0, { to: again });
    expect(of('D6', history)).toBe('1');
  });

  it('justifies a redelivery by its abort', () => {
    expect(of('D5', input().abort(1).deliver(0, 0))).toBeUndefined();
    expect(of('D5', input().deliver(0, 0))).toBe('1');
  });

  it('loses nothing with a consumer that crashes after the commit', () => {
    expect(of('D10', input().commit(1).crash(consumerA).drained())).toBeUndefined();
    expect(of('D10', input().asks(1, 'commit').crash(consumerA).drained())).toBe('0+1');
  });
});

describe('T7 cycle', () => {
  const crossed = () =>
    transactions().begin(1).begin(2).write(1, 0, 0).write(2, 1, 0).reads(2, 0, 0).reads(1, 1, 0);

  it('finds two transactions that read each other', () => {
    expect(of('T7', crossed().commit(1).commit(2))).toBe('1');
  });

  it('finds nothing when one of them was aborted', () => {
    expect(of('T7', crossed().commit(1).abort(2))).toBeUndefined();
  });

  it('allows writes that interleave, which no log isolates', () => {
    const history = transactions().begin(1).begin(2).write(1, 0, 0).write(2, 0, 1).write(2, 1, 0);
    expect(of('T7', history.write(1, 1, 1).commit(1).commit(2))).toBeUndefined();
  });

  it('follows inputs of derived sends, over any number of transactions', () => {
    const history = transactions();
    for (let at = 0; at < 50; at += 1) history.begin(at + 1).write(at + 1, 0, at);
    for (let at = 0; at < 50; at += 1) {
      history.write(at + 1, 1, at, { from: [0, (at + 49) % 50] }).commit(at + 1);
    }
    expect(of('T7', history)).toBe('1');
  });

  it('counts a cycle once, and keeps on beyond the window', () => {
    const history = crossed().commit(1).commit(2);
    for (let at = 0; at < 40_000; at += 1) {
      history
        .reads(at + 4, 2, at)
        .write(at + 4, 2, at)
        .commit(at + 4);
    }
    history.begin(90_001).begin(90_002).write(90_001, 3, 0).write(90_002, 3, 1);
    history.reads(90_001, 3, 1).reads(90_002, 3, 0).commit(90_001).commit(90_002);
    expect(of('T7', history)).toBe('2');
  });
});

describe('T8 fencing failure', () => {
  const old = { epoch: 0 };
  const fenced = () => transactions().init(0, 0).begin(1, old).write(1, 0, 0).init(0, 1);

  it('finds a commit that was requested after the fence and answered ok', () => {
    expect(of('T8', fenced().commit(1, 'ok', old))).toBe('1');
  });

  it('finds nothing when it is refused, and counts the chance', () => {
    const judgement = judge(fenced().commit(1, 'fail', old), transacted);
    expect(resultOf(judgement, 'T8')).toMatchObject({ count: 0, exposure: 1 });
  });

  it('lets a commit under way be answered after the fence', () => {
    const history = transactions().init(0, 0).begin(1, old).write(1, 0, 0).asks(1, 'commit', old);
    expect(of('T8', history.init(0, 1).answers(1, 'commit', 'ok', old))).toBeUndefined();
  });

  it('fences nothing by an initialisation that failed, or of another id', () => {
    const history = transactions().init(0, 0).begin(1, old).init(0, 1, 'fail').init(3, 5);
    expect(of('T8', history.commit(1, 'ok', old))).toBeUndefined();
  });

  it('compares no epoch that nobody said', () => {
    const history = transactions().init(0, 3).begin(1).write(1, 0, 0).commit(1);
    expect(of('T8', history)).toBeUndefined();
  });

  it('is possible only at the instant of the fence', () => {
    expect(of('T8', fenced().wait(-1_000).commit(1, 'ok', old))).toBe('0+1');
  });
});
