import { describe, expect, it } from 'vitest';
import {
  EventKind,
  type EventRecord,
  OutcomeCode,
  PhaseCode,
  ToleranceCode,
} from '../../../../harness/core/events.ts';
import { defaultBounds } from '../../../../harness/core/facts.ts';
import {
  consumerA,
  findings,
  type HistoryBuilder,
  historyOf,
  judge,
  resultOf,
} from '../history-of.ts';
import { idsFound } from '../judge-lines.ts';
import {
  transacted,
  type TransactionHistory,
  transactions,
} from '../transactions/transaction-history.ts';

const bounds = { bounds: { ...defaultBounds, stallMs: 1, recoveryMs: 1 } };
const found = (history: HistoryBuilder): object => findings(judge(history, bounds));
const longNs = 5_000_000;

const fault = (
  kind: typeof EventKind.faultStarted | typeof EventKind.faultStopped,
  tolerance: keyof typeof ToleranceCode = 'unknown',
): Partial<EventRecord> => ({
  kind,
  ref: 0,
  detail: ToleranceCode[tolerance],
  outcome: kind === EventKind.faultStopped ? OutcomeCode.ok : OutcomeCode.none,
});
const phase = (name: keyof typeof PhaseCode): Partial<EventRecord> => ({
  kind: EventKind.phase,
  detail: PhaseCode[name],
});

describe('L1 no progress', () => {
  const slow = (): HistoryBuilder =>
    historyOf().send(0, 0).consume(0, 0).invoke(0, 1).wait(longNs).settled(0, 1, 'ok');

  it('finds open sends that nothing answered for longer than the bound', () => {
    expect(found(slow().consume(0, 1).drained())).toEqual({ L1: '1' });
  });

  it('tells a stall once, however long it is', () => {
    const history = historyOf().send(0, 0).consume(0, 0).invoke(0, 1).wait(longNs);
    history.invoke(0, 2).wait(longNs).invoke(0, 3).wait(longNs).settled(0, 1, 'ok');
    expect(resultOf(judge(history, bounds), 'L1')).toMatchObject({ count: 1 });
  });

  it('is excused by a fault that nobody promised to bear, and by one that nobody judged', () => {
    for (const tolerance of ['beyond', 'unknown'] as const) {
      const history = historyOf().send(0, 0).consume(0, 0).invoke(0, 1);
      history.add(fault(EventKind.faultStarted, tolerance)).wait(longNs).settled(0, 1, 'ok');
      expect(found(history.consume(0, 1).drained())).toEqual({});
    }
  });

  it('is not excused by a fault that is to be borne', () => {
    const history = historyOf().send(0, 0).consume(0, 0).invoke(0, 1);
    history.add(fault(EventKind.faultStarted, 'tolerated')).wait(longNs).settled(0, 1, 'ok');
    expect(found(history.consume(0, 1).drained())).toEqual({ L1: '1' });
  });

  it('lets idleness be idle: nothing was open', () => {
    const history = historyOf().send(0, 0).consume(0, 0).wait(longNs).send(0, 1).consume(0, 1);
    expect(found(history.drained())).toEqual({});
  });
});

describe('L2 stuck consumer', () => {
  it('finds a backlog that an open session never got, and that nothing was drained', () => {
    const history = historyOf().open(consumerA).sendAll(0, 2).consume(0, 0);
    history.add(phase('drain')).wait(longNs).add(phase('end'));
    expect(found(history)).toMatchObject({ L2: '1', L4: '1' });
  });

  it('is possible only while the consumer holds deliveries that it has not settled', () => {
    const history = historyOf().open(consumerA).sendAll(0, 2).deliver(0, 0);
    history.wait(longNs).deliver(0, 1).wait(1_000);
    expect(found(history)).toMatchObject({ L2: '0+1' });
  });

  it('is nobody’s fault without a session', () => {
    const history = historyOf().sendAll(0, 2).wait(longNs).open(consumerA);
    history.consume(0, 0).consume(0, 1).drained();
    expect(found(history)).toEqual({});
  });
});

describe('L3 slow recovery', () => {
  const healed = (waitNs: number): HistoryBuilder =>
    historyOf()
      .send(0, 0)
      .consume(0, 0)
      .add(fault(EventKind.faultStarted, 'beyond'))
      .invoke(0, 1)
      .add(fault(EventKind.faultStopped))
      .wait(waitNs)
      .settled(0, 1, 'ok')
      .consume(0, 1)
      .drained();

  it('finds the first success that came later than the bound after the fault', () => {
    expect(resultOf(judge(healed(longNs), bounds), 'L3')).toMatchObject({ count: 1, exposure: 1 });
  });

  it('does not count the time in which nobody asked for anything', () => {
    const history = historyOf().send(0, 0).consume(0, 0);
    history.add(fault(EventKind.faultStarted, 'beyond')).add(fault(EventKind.faultStopped));
    expect(found(history.wait(longNs).send(0, 1).consume(0, 1).drained())).toEqual({});
  });

  it('is content with a recovery within the bound', () => {
    expect(found(healed(500_000))).toEqual({});
  });
});

describe('L4 never drained', () => {
  it('has no chance where nobody began to drain', () => {
    const result = resultOf(judge(historyOf().sendAll(0, 1).consume(0, 0), bounds), 'L4');
    expect(result).toMatchObject({ count: 0, exposure: 0 });
  });

  it('is possible only when the history breaks off', () => {
    const history = historyOf().sendAll(0, 1).consume(0, 0).add(phase('drain'));
    expect(resultOf(judge(history, bounds), 'L4')).toMatchObject({ count: 0, possible: 1 });
  });
});

describe('L5 outcomes against the truth', () => {
  it('counts what D1 and D8 find, by class', () => {
    const history = historyOf().sendAll(0, 1).send(1, 0, 'fail').deliver(1, 0).drained();
    const judgement = judge(history, bounds);
    expect(findings(judgement)).toEqual({ D1: '1', D8: '1' });
    expect(resultOf(judgement, 'L5')).toMatchObject({
      count: 2,
      classes: { 'failed, yet applied': 1, 'acknowledged, yet absent': 1 },
    });
  });

  const l5 = (history: TransactionHistory): unknown => {
    const result = resultOf(judge(history, transacted), 'L5');
    return result.status === 'decided' ? result.classes : result.status;
  };

  it('counts what became visible although its commit was refused, or its transaction aborted', () => {
    const refused = (): TransactionHistory =>
      transactions().begin(1).write(1, 0, 0).commit(1, 'fail');
    const judgement = judge(refused().deliver(0, 0).drained(), transacted);
    expect(idsFound(judgement)).toEqual(['T1', 'L5']);
    expect(resultOf(judgement, 'L5')).toMatchObject({
      count: 1,
      exposure: 1,
      classes: { 'aborted, yet applied': 1 },
    });
    expect(l5(refused().drained())).toEqual({});
    expect(l5(refused().abort(1).deliver(0, 0).drained())).toEqual({ 'aborted, yet applied': 1 });
  });

  it('lets a refused commit be repeated, be of unknown outcome, or be without the attempt that counts', () => {
    const refused = (): TransactionHistory =>
      transactions().begin(1).write(1, 0, 0).commit(1, 'fail');
    expect(l5(refused().commit(1).deliver(0, 0).drained())).toEqual({});
    expect(l5(refused().commit(1, 'unknown').deliver(0, 0).drained())).toEqual({});
    expect(l5(refused().send(0, 0).deliver(0, 0).drained())).toEqual({});
  });

  it('is undecided while a group may yet get what was acknowledged', () => {
    expect(resultOf(judge(historyOf().sendAll(0, 1), bounds), 'L5').status).toBe('undecided');
    const late = historyOf().sendAll(0, 1).consume(0, 0).drained().send(0, 1);
    expect(resultOf(judge(late, bounds), 'L5').status).toBe('undecided');
    expect(l5(transactions().sendAll(0, 1))).toBe('undecided');
  });
});
