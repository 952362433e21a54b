import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../../harness/core/events.ts';
import { consumerA, findings, HistoryBuilder, judge, producer, resultOf } from '../history-of.ts';

interface Times {
  readonly notBeforeNs?: number;
  readonly expiresNs?: number;
}

class TimedHistory extends HistoryBuilder {
  sendTimed(lane: number, seq: number, { notBeforeNs = -1, expiresNs = -1 }: Times): this {
    this.invoke(lane, seq).add({
      kind: EventKind.sendTimed,
      actor: producer,
      lane,
      seq,
      auxNs: notBeforeNs,
      positionMajor: expiresNs,
    });
    return this.settled(lane, seq, 'ok');
  }
}

const facts = { timed: true };
const started = () => new TimedHistory().open(consumerA);

describe('V1 visible before its delay had passed', () => {
  const delayed = (waitNs: number) => {
    const history = started().sendTimed(0, 0, { notBeforeNs: 50e6 }).wait(waitNs);
    return judge(history.consume(0, 0).drained(), facts);
  };

  it('finds a delivery before that instant, doubts one within the skew, accepts one after it', () => {
    expect(findings(delayed(20e6))).toEqual({ V1: '1' });
    expect(findings(delayed(49.5e6))).toEqual({ V1: '0+1' });
    expect(findings(delayed(50e6))).toEqual({});
    expect(resultOf(delayed(50e6), 'V1')).toMatchObject({ exposure: 1 });
  });

  it('has nothing to say of messages without a delay, nor of cells without any', () => {
    const history = started().sendTimed(0, 0, { expiresNs: 1e9 }).consume(0, 0).drained();
    expect(resultOf(judge(history, facts), 'V1')).toMatchObject({ count: 0, exposure: 0 });
    expect(resultOf(judge(history), 'V1').status).toBe('inapplicable');
  });

  it('still knows the delays that are not over when thousands have passed', () => {
    const history = started();
    for (let seq = 0; seq < 9_000; seq += 1) {
      history.sendTimed(0, seq, { notBeforeNs: seq === 5 ? 1e12 : 10 });
    }
    for (let seq = 0; seq < 9_000; seq += 1) history.consume(0, seq);
    expect(findings(judge(history.drained(), facts))).toEqual({ V1: '1' });
  });
});

describe('V5 delivered after it had expired', () => {
  const expiring = () => started().sendTimed(0, 0, { expiresNs: 10e6 }).wait(1.02e9);

  it('finds a copy that was requested after the grace', () => {
    const history = expiring();
    history.consume(0, 0, { requestedNs: history.nowNs }).drained();
    const judgement = judge(history, facts);
    expect(findings(judgement)).toEqual({ V5: '1' });
    expect(resultOf(judgement, 'V5')).toMatchObject({ exposure: 1, classes: { first: 1 } });
  });

  it('doubts a copy that may have been on its way, pulled or pushed', () => {
    expect(
      findings(judge(expiring().consume(0, 0, { requestedNs: 9e6 }).drained(), facts)),
    ).toEqual({ V5: '0+1' });
    expect(findings(judge(expiring().consume(0, 0).drained(), facts))).toEqual({ V5: '0+1' });
  });

  it('finds a pushed copy behind an answer to something that began after the grace', () => {
    const history = expiring().send(0, 1).consume(0, 1).consume(0, 0).drained();
    expect(findings(judge(history, facts))).toEqual({ V5: '1', O2: '1' });
  });

  it('accepts a copy within the grace', () => {
    const history = started().sendTimed(0, 0, { expiresNs: 10e6 }).wait(0.5e9);
    history.consume(0, 0, { requestedNs: history.nowNs }).drained();
    expect(findings(judge(history, facts))).toEqual({});
  });

  it('only doubts what expired so long ago that no more than a bit is left of it', () => {
    const history = started();
    for (let seq = 0; seq < 4_096; seq += 1) history.sendTimed(0, seq, { expiresNs: 1e9 });
    history.wait(3e9).sendTimed(0, 4_096, { expiresNs: 1e15 });
    for (let seq = 0; seq < 4_097; seq += 1) {
      history.consume(0, seq, { requestedNs: history.nowNs });
    }
    const result = resultOf(judge(history.drained(), facts), 'V5');
    expect(result).toMatchObject({ count: 0, possible: 4_096 });
  });
});
