import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../../harness/core/events.ts';
import { defaultBounds, plainGroup } from '../../../../harness/core/facts.ts';
import { consumerA, consumerB, findings, historyOf, judge, resultOf } from '../history-of.ts';

const facts = { leased: true, bounds: { ...defaultBounds, leaseSlackMs: 20 } };
/** A pulls one message under a lease of 10 ms. */
const leased = (attempt = 0) =>
  historyOf()
    .open(consumerA)
    .open(consumerB)
    .send(4, 0)
    .deliver(4, 0, { leaseMs: 10, requestedNs: 0, attempt });

describe('V3 not redelivered after its lease had ended', () => {
  const v3 = (history: ReturnType<typeof leased>, more = {}) =>
    findings(judge(history, { ...facts, ...more })).V3;
  /** B gets a message every 4 ms. */
  const served = (history: ReturnType<typeof leased>, times: number) => {
    for (let seq = 1; seq <= times; seq += 1) {
      const requestedNs = history.wait(4e6).nowNs;
      history.send(4, seq).consume(4, seq, { to: consumerB, requestedNs });
    }
    return history;
  };
  const back = (history: ReturnType<typeof leased>, details: object) => {
    const requestedNs = history.nowNs;
    return history.consume(4, 0, { to: consumerB, requestedNs, ...details }).drained();
  };

  it('finds what came back late although its group was served all the time', () => {
    const late = judge(back(served(leased(1), 9), { attempt: 2 }), facts);
    expect(findings(late)).toEqual({ V3: '1' });
    expect(resultOf(late, 'V3')).toMatchObject({ exposure: 1, classes: { late: 1 } });
    expect(v3(back(served(leased(1), 7), { attempt: 2 }))).toBeUndefined();
  });

  it('doubts it if it may have been handed out to somebody in between', () => {
    expect(v3(back(served(leased(1), 9), { attempt: 3 }))).toBe('0+1');
    expect(v3(back(served(leased(), 9), { redelivered: true }))).toBe('0+1');
  });

  it('doubts it if its group got nothing for a while', () => {
    expect(v3(back(leased(1).wait(40e6), { attempt: 2 }))).toBe('0+1');
  });

  it('accepts it if nobody was there', () => {
    const history = leased(1).close(consumerA).close(consumerB).wait(40e6).open(consumerA);
    history.consume(4, 0, { attempt: 2, requestedNs: history.nowNs }).drained();
    expect(v3(history)).toBeUndefined();
  });

  it('finds what never came back before the drain', () => {
    expect(findings(judge(leased().wait(31e6).drained(), facts))).toEqual({ V3: '1' });
    expect(v3(leased().wait(15e6).drained())).toBe('0+1');
    expect(v3(leased().wait(5e6).drained())).toBeUndefined();
    expect(v3(leased().close(consumerA).wait(31e6).drained())).toBe('1');
  });

  it('is undecided where a lease had ended and nothing was drained', () => {
    expect(v3(leased().wait(31e6).close(consumerA))).toBe('undecided');
    expect(v3(leased().wait(5e6).close(consumerA))).toBeUndefined();
    expect(v3(leased().wait(31e6).send(4, 1))).toBe('undecided');
  });

  it('accepts the absence of what may have expired by the drain, and of nothing that expires later', () => {
    const expiring = (ms: number) => {
      const timed = { kind: EventKind.sendTimed, lane: 4, seq: 0, positionMajor: ms * 1e6 };
      return v3(leased().add(timed).wait(31e6).drained(), { timed: true });
    };
    expect(expiring(31)).toBeUndefined();
    expect(expiring(31.5)).toBeUndefined();
    expect(expiring(60)).toBe('1');
  });

  it('waits as long as an extension says', () => {
    const extended = leased().settle(4, 0, 'extend', 'ok', { leaseMs: 50 });
    expect(v3(extended.wait(31e6).drained())).toBeUndefined();
  });

  it.each([
    ['was dead-lettered', { kind: EventKind.deadLettered, group: 0, lane: 4, seq: 0 }],
    ['expired', { kind: EventKind.expired, lane: 4, seq: 0 }],
    ['was purged', { kind: EventKind.purged, group: 0 }],
  ])('accepts the absence of what %s', (_what, event) => {
    expect(v3(leased().add(event).wait(31e6).drained())).toBeUndefined();
  });

  it('doubts the loss of what was being settled or had used up its attempts', () => {
    expect(v3(leased().beginSettle(4, 0).wait(31e6).drained())).toBe('0+1');
    expect(v3(leased().beginSettle(4, 0, 'reject').wait(31e6).drained())).toBe('0+1');
    const limited = { groups: [{ ...plainGroup, attempts: 3 }] };
    expect(v3(leased(3).wait(31e6).drained(), limited)).toBe('0+1');
    expect(v3(leased(2).wait(31e6).drained(), limited)).toBe('1');
  });
});

describe('V4 a stale receipt removed what another holds', () => {
  const v4 = (history: ReturnType<typeof leased>) => findings(judge(history, facts)).V4;
  /** B holds it for 50 ms after the lease of A has ended. */
  const taken = () =>
    leased()
      .wait(11e6)
      .deliver(4, 0, { to: consumerB, requestedNs: 10.9e6, leaseMs: 50, redelivered: true });
  const toB = { to: consumerB };

  it('finds it if nobody got the message again', () => {
    const judgement = judge(taken().settle(4, 0).wait(60e6).drained(), facts);
    expect(findings(judgement)).toEqual({ V4: '1' });
    expect(resultOf(judgement, 'V4')).toMatchObject({ exposure: 1, classes: { removed: 1 } });
  });

  it('finds it if the other holder is told that it is gone', () => {
    const history = taken().settle(4, 0).settle(4, 0, 'acknowledge', 'fail', toB);
    expect(v4(history.wait(60e6).drained())).toBe('1');
  });

  it('is content with an answer that removed nothing', () => {
    const again = taken().settle(4, 0).wait(60e6);
    again.deliver(4, 0, { requestedNs: again.nowNs, redelivered: true }).settle(4, 0);
    expect(v4(again.drained())).toBeUndefined();
  });

  it('doubts it if the other holder settled, too, or still held it at the drain', () => {
    const both = taken().settle(4, 0).settle(4, 0, 'acknowledge', 'ok', toB);
    expect(v4(both.wait(60e6).drained())).toBe('0+1');
    expect(v4(taken().settle(4, 0).drained())).toBe('0+1');
    expect(v4(taken().settle(4, 0).beginSettle(4, 0, 'acknowledge', toB).drained())).toBe('0+1');
  });

  it('accepts an acknowledgement that was refused, or came under a lease of its own', () => {
    expect(v4(taken().settle(4, 0, 'acknowledge', 'fail').wait(60e6).drained())).toBeUndefined();
    const early = leased().wait(5e6);
    early.deliver(4, 0, { to: consumerB, requestedNs: 4e6, leaseMs: 50, redelivered: true });
    expect(v4(early.settle(4, 0).wait(60e6).drained())).toBeUndefined();
  });

  it('accepts one that came when the other had let go already', () => {
    const gone = taken().settle(4, 0, 'requeue', 'ok', toB).settle(4, 0).wait(60e6).drained();
    expect(v4(gone)).toBeUndefined();
    const late = taken().wait(51e6).settle(4, 0).wait(60e6).drained();
    expect(v4(late)).toBeUndefined();
    expect(v4(taken().crash(consumerB).settle(4, 0).wait(60e6).drained())).toBeUndefined();
  });
});
