import { describe, expect, it } from 'vitest';
import { rootsOf } from '../../../../harness/core/anomalies.ts';
import { EventKind } from '../../../../harness/core/events.ts';
import { consumerA, findings, historyOf, judge, resultOf } from '../history-of.ts';
import { idsFound } from '../judge-lines.ts';
import { judgeRouted, routed, RoutedHistory } from './routed-history.ts';

const started = () => new RoutedHistory().open(consumerA);
const found = (history: RoutedHistory) => findings(judgeRouted(history.drainedAll()));
const roots = (history: RoutedHistory) => rootsOf(idsFound(judgeRouted(history.drainedAll())));

describe('R1 not routed where it belongs', () => {
  it('finds a confirmed message that another subscription has', () => {
    const history = started().send(1, 0).to(1, 0, 0, 2);
    expect(found(history)).toEqual({ R1: '1', D1: '1', R5: '1' });
    expect(roots(started().send(1, 0).to(1, 0, 0, 2))).toEqual(['R1']);
  });

  it('finds a confirmed message that came back as unroutable', () => {
    const judgement = judgeRouted(
      started().invoke(0, 0).returned(0, 0).settled(0, 0, 'ok').drainedAll(),
    );
    expect(resultOf(judgement, 'R1')).toMatchObject({ classes: { returned: 1 } });
  });

  it('leaves a message that nobody has to D1', () => {
    expect(roots(started().send(1, 0))).toEqual(['D1']);
  });

  it('finds nothing where the message was excused, unconfirmed or not due', () => {
    const expired = { kind: EventKind.expired, lane: 1, seq: 0, group: 1 };
    expect(found(started().send(1, 0).to(1, 0, 0, 2).add(expired))).toEqual({});
    expect(found(started().send(1, 0, 'unknown').to(1, 0, 0, 2))).toEqual({ D12: '1', R5: '1' });
    expect(found(started().send(0, 0).to(0, 0, 0, 2))).toEqual({});
  });

  it('is undecided while a subscription is not drained', () => {
    const judgement = judgeRouted(started().send(1, 0).to(1, 0, 0, 2).drained(0).drained(2));
    expect(resultOf(judgement, 'R1')).toMatchObject({ reason: 'subscription 1 was not drained' });
  });

  it('does not apply without a router', () => {
    expect(resultOf(judge(historyOf()), 'R1').status).toBe('inapplicable');
  });
});

describe('R2 routed where it does not belong', () => {
  it('finds a delivery that no route explains', () => {
    expect(found(started().send(0, 0).to(0, 0, 0, 1, 2))).toEqual({ R2: '1' });
  });

  it('is the root of a message that went to the wrong subscription', () => {
    expect(roots(started().send(0, 0).to(0, 0, 1, 2))).toEqual(['R2']);
  });

  it('allows every subscription to lanes without a route', () => {
    expect(found(started().send(3, 0).to(3, 0, 0, 1, 2))).toEqual({});
  });
});

describe('a change of bindings', () => {
  it('makes messages belong from its end on', () => {
    expect(found(started().rebind('bind', 0, 1).send(0, 0).to(0, 0, 0, 1, 2))).toEqual({});
    expect(roots(started().rebind('bind', 0, 1).send(0, 0).to(0, 0, 0, 2))).toEqual(['R1']);
    expect(found(started().rebind('unbind', 1, 1).send(1, 0).to(1, 0, 0, 2))).toEqual({});
    expect(roots(started().rebind('unbind', 1, 1).send(1, 0).to(1, 0, 0, 1, 2))).toEqual(['R2']);
  });

  it('changes nothing for what was sent before, nor for other routes', () => {
    const before = () => started().send(0, 0).rebind('bind', 0, 1);
    expect(found(before().to(0, 0, 0, 2))).toEqual({});
    expect(roots(before().to(0, 0, 0, 1, 2))).toEqual(['R2']);
    expect(roots(started().rebind('unbind', 0, 0).send(1, 0).to(1, 0, 1, 2))).toEqual(['R1']);
  });

  it.each([
    [
      'was sent while it was under way',
      (at: RoutedHistory) =>
        at.binding('bind', 'invoke', 0, 1).send(0, 0).binding('bind', 'settled', 0, 1),
    ],
    [
      'was under way when it began',
      (at: RoutedHistory) =>
        at
          .invoke(0, 0)
          .binding('bind', 'invoke', 0, 1)
          .settled(0, 0, 'ok')
          .binding('bind', 'settled', 0, 1),
    ],
    [
      'may be applied later, its outcome being unknown',
      (at: RoutedHistory) => at.send(0, 0, 'unknown').rebind('bind', 0, 1),
    ],
    [
      'was sent again after it',
      (at: RoutedHistory) =>
        at.send(0, 0, 'fail').rebind('bind', 0, 1).invoke(0, 0, 2).settled(0, 0, 'ok'),
    ],
    [
      'was sent after two changes that contradict each other',
      (at: RoutedHistory) =>
        at
          .binding('bind', 'invoke', 0, 1)
          .binding('unbind', 'invoke', 0, 1)
          .binding('bind', 'settled', 0, 1)
          .binding('unbind', 'settled', 0, 1)
          .send(0, 0),
    ],
  ])('lets a message go either way that %s', (_what, change) => {
    expect(found(change(started()).to(0, 0, 0, 2))).toEqual({});
    expect(found(change(started()).to(0, 0, 0, 1, 2))).toEqual({});
  });

  it('is irregular where it took effect without a request, and decides nothing of what was sent', () => {
    const history = started().send(0, 0).binding('bind', 'settled', 0, 1).to(0, 0, 0, 1, 2);
    const judgement = judgeRouted(history.drainedAll());
    expect(findings(judgement)).toEqual({});
    expect(judgement.irregularities).toHaveLength(1);
  });
});

describe('R3 another number of copies than routed', () => {
  it('finds a message at two places of one subscription', () => {
    const history = started().send(0, 0).to(0, 0, 2);
    history.consume(0, 0, { at: [0, 1] }).consume(0, 0, { at: [0, 2] });
    expect(findings(judgeRouted(history.drainedAll(), { ...routed, placed: true }))).toMatchObject({
      R3: '1',
      D4: '1',
    });
  });

  it('finds a second copy that the broker calls new, and is the root of what follows', () => {
    const judgement = judgeRouted(started().send(0, 0).to(0, 0, 0, 0, 2).drainedAll());
    expect(resultOf(judgement, 'R3')).toMatchObject({ count: 1, exposure: 2 });
    expect(rootsOf(idsFound(judgement))).toEqual(['R3']);
  });

  it('finds nothing in copies of a message that was sent again, nor in redeliveries', () => {
    const resent = started().send(0, 0, 'unknown').invoke(0, 0, 2).settled(0, 0, 'ok');
    expect(found(resent.to(0, 0, 0, 0, 2)).R3).toBeUndefined();
    const again = started().send(0, 0).deliver(0, 0).settle(0, 0, 'requeue');
    expect(found(again.consume(0, 0, { redelivered: true }).to(0, 0, 2)).R3).toBeUndefined();
  });

  it('calls a copy possible that is called new although a requeue explains it', () => {
    const history = started().send(0, 0).deliver(0, 0).settle(0, 0, 'requeue').to(0, 0, 0, 2);
    expect(found(history)).toMatchObject({ R3: '0+1' });
  });

  it('calls a copy possible that is called new after a redelivery: it may be the one before that', () => {
    const history = started().send(0, 0).consume(0, 0, { redelivered: true });
    expect(found(history.to(0, 0, 0, 2))).toMatchObject({ R3: '0+1' });
  });

  it('is undecided where neither places nor flags tell', () => {
    const history = started().send(0, 0).consume(0, 0).consume(0, 0).consume(0, 0, { group: 2 });
    expect(found(history)).toMatchObject({ R3: 'undecided' });
  });
});

describe('R4 unroutable message confirmed silently', () => {
  it('finds a confirmed message for nobody that was not returned', () => {
    expect(found(started().send(2, 0))).toEqual({ R4: '1' });
  });

  it('finds nothing where it was returned first, was not confirmed or had somewhere to go', () => {
    expect(found(started().invoke(2, 0).returned(2, 0).settled(2, 0, 'ok'))).toEqual({});
    expect(found(started().send(2, 0, 'fail').send(2, 1, 'unknown'))).toEqual({});
    expect(found(started().rebind('bind', 2, 0).send(2, 0).to(2, 0, 0))).toEqual({});
    expect(found(started().binding('bind', 'invoke', 2, 0).send(2, 0))).toEqual({});
  });

  it('calls one possible that was returned after its confirm', () => {
    expect(found(started().send(2, 0).returned(2, 0))).toEqual({ R4: '0+1' });
  });
});

describe('R5 fan-out reached some subscribers only', () => {
  it('finds a skew of a send without an answer, which no other check forbids', () => {
    expect(roots(started().send(1, 0, 'unknown').to(1, 0, 0))).toEqual(['R5']);
    const judgement = judgeRouted(started().send(1, 0, 'unknown').to(1, 0, 0).drainedAll());
    expect(resultOf(judgement, 'R5')).toMatchObject({ count: 1, exposure: 1 });
  });

  it('finds nothing while the other subscription is not drained, or where it must not have it', () => {
    expect(findings(judgeRouted(started().send(1, 0, 'unknown').to(1, 0, 0, 2)))).toMatchObject({
      R5: 'undecided',
    });
    expect(found(started().send(0, 0, 'unknown').to(0, 0, 0, 2))).toEqual({});
  });
});

describe('R6 filter and reference disagree', () => {
  it('finds what a filter let through and what it withheld, and leaves R1 and R2 alone', () => {
    expect(roots(started().send(0, 0).to(0, 0, 0))).toEqual(['R6']);
    expect(roots(started().rebind('unbind', 0, 2).send(0, 0).to(0, 0, 0, 2))).toEqual(['R6']);
  });
});

describe('R7 attributes changed on the way', () => {
  it('finds each changed copy, which is no corruption (D9)', () => {
    const history = historyOf().sendAll(0, 1).corrupt(0, 0, 'attributes').consume(0, 0).drained();
    expect(findings(judge(history, { attributes: true }))).toEqual({ R7: '1' });
  });

  it('does not apply where nobody compares them', () => {
    expect(resultOf(judge(historyOf()), 'R7').status).toBe('inapplicable');
  });
});
