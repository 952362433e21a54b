import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../../harness/core/events.ts';
import { consumerA, consumerB, findings, historyOf, judge, resultOf } from '../history-of.ts';

const laterA = { actor: consumerA.actor, session: 21 };

describe('V2 delivered while leased to somebody else', () => {
  const facts = { leased: true };
  const leased = () =>
    historyOf()
      .open(consumerA)
      .open(consumerB)
      .send(4, 0)
      .send(4, 1)
      .deliver(4, 0, { leaseMs: 10, requestedNs: 0 });
  /** B gets it, asked for at once, and A shows that it is there. */
  const again = (history: ReturnType<typeof leased>) => {
    const requestedNs = history.nowNs;
    history.deliver(4, 0, { to: consumerB, redelivered: true, leaseMs: 10, requestedNs });
    history.consume(4, 1).settle(4, 0, 'acknowledge', 'ok', { to: consumerB }).drained();
    return findings(judge(history, facts));
  };

  it('finds it while the lease runs, doubts it when it may have ended, accepts it afterwards', () => {
    expect(again(leased().wait(1e6))).toEqual({ V2: '1', D5: '1' });
    expect(again(leased().wait(9.995e6))).toEqual({ V2: '0+1', D5: '0+1' });
    expect(again(leased().wait(11e6))).toEqual({});
  });

  it('counts a lease from the request, whenever the callback ran', () => {
    const history = historyOf().open(consumerA).open(consumerB).send(4, 0).send(4, 1).wait(8e6);
    history.deliver(4, 0, { leaseMs: 10, requestedNs: 0 }).wait(3e6);
    expect(again(history)).toEqual({ V2: '0+1', D5: '0+1' });
  });

  it.each([
    ['was given back', (h: ReturnType<typeof leased>) => h.settle(4, 0, 'requeue')],
    [
      'was given back, unanswered',
      (h: ReturnType<typeof leased>) => h.beginSettle(4, 0, 'requeue'),
    ],
    ['lost its holder', (h: ReturnType<typeof leased>) => h.crash(consumerA).open(consumerA)],
    ['lost its session', (h: ReturnType<typeof leased>) => h.close(consumerA).open(laterA)],
  ])('accepts the redelivery of what %s', (_what, cause) => {
    const history = leased();
    cause(history);
    expect(again(history)).toEqual({});
  });

  it('waits for a sign of life of the holder', () => {
    const history = leased().wait(1e6);
    const requestedNs = history.nowNs;
    history.consume(4, 0, { to: consumerB, redelivered: true, leaseMs: 10, requestedNs });
    history.consume(4, 1, { to: consumerB }).crash(consumerA).drained();
    expect(findings(judge(history, facts))).toEqual({});
  });

  it('leaves a second delivery to the holder itself to D5', () => {
    const history = leased().deliver(4, 0, { redelivered: true, leaseMs: 10, requestedNs: 5_000 });
    history.settle(4, 0).consume(4, 1).drained();
    expect(findings(judge(history, facts))).toEqual({ D5: '1' });
  });

  it('doubts a copy that a consumer was called back with late', () => {
    const history = historyOf().open(consumerA).open(consumerB).send(4, 0).send(4, 1).wait(12e6);
    history.deliver(4, 0, { to: consumerB, leaseMs: 10, requestedNs: 11e6, redelivered: true });
    history.deliver(4, 0, { leaseMs: 10, requestedNs: 5_000, redelivered: false });
    history.consume(4, 1).settle(4, 0, 'acknowledge', 'ok', { to: consumerB }).drained();
    expect(findings(judge(history, facts)).V2).toBe('0+1');
  });

  it('doubts a late copy whose own lease may have ended before the other consumer had it', () => {
    const history = historyOf().open(consumerA).open(consumerB).send(4, 0).send(4, 1);
    const asked = history.nowNs;
    history.wait(20e6);
    const requestedNs = history.nowNs;
    history.deliver(4, 0, { redelivered: true, leaseMs: 10, requestedNs }).settle(4, 0);
    history.deliver(4, 0, { to: consumerB, leaseMs: 10, requestedNs: asked, redelivered: false });
    history.consume(4, 1, { to: consumerB }).drained();
    expect(findings(judge(history, facts)).D5).toBe('0+1');
  });

  it('accepts the first of two stored copies while somebody holds the second', () => {
    const history = historyOf().open(consumerA).open(consumerB);
    history.send(4, 0, 'unknown').send(4, 0, 'ok', [0, 7]).send(4, 1);
    history.deliver(4, 0, { leaseMs: 10, requestedNs: 0, at: [0, 3] }).wait(20e6);
    history.deliver(4, 0, { leaseMs: 10, requestedNs: history.nowNs, at: [0, 7] }).wait(1e6);
    const requestedNs = history.nowNs;
    const first = { redelivered: true, leaseMs: 10, requestedNs, at: [0, 3] } as const;
    history.deliver(4, 0, { ...first, to: consumerB }).consume(4, 1);
    history.settle(4, 0, 'acknowledge', 'ok', { to: consumerB }).drained();
    expect(findings(judge(history, { ...facts, placed: true })).V2).not.toBe('1');
  });

  it('has nothing to say where leases are not recorded', () => {
    expect(resultOf(judge(historyOf().drained()), 'V2').status).toBe('inapplicable');
  });
});

describe('V7 a wrong redelivered flag or count', () => {
  const once = (details: object) =>
    historyOf().open(consumerA).open(consumerB).send(4, 0).deliver(4, 0, details);
  const requeued = (first: object, second: object) =>
    findings(judge(once(first).settle(4, 0, 'requeue').consume(4, 0, second).drained()));

  it('finds a redelivery that the broker calls the first', () => {
    const found = requeued({ redelivered: false }, { redelivered: false });
    expect(found.V7).toBe('1');
    expect(requeued({ redelivered: false }, { redelivered: true })).toEqual({});
  });

  it('needs no flag of the first delivery if this one was certainly handed out later', () => {
    expect(requeued({}, { redelivered: false }).V7).toBe('1');
    const late = { to: consumerB, redelivered: false };
    expect(requeued({}, late).V7).toBe('0+1');
    expect(requeued({ redelivered: true }, late).V7).toBe('0+1');
    expect(requeued({}, { ...late, requestedNs: 1e6 }).V7).toBe('1');
  });

  it('finds counts that do not increase', () => {
    expect(requeued({ attempt: 1 }, { attempt: 2 })).toEqual({});
    expect(requeued({ attempt: 2 }, { attempt: 2 })).toEqual({ V7: '1' });
    expect(requeued({ attempt: 3 }, { attempt: 2 })).toEqual({ V7: '1' });
    expect(requeued({ attempt: 3 }, { attempt: 2, to: consumerB })).toEqual({ V7: '0+1' });
  });

  it('leaves a delivery without a cause to D5, a copy from another place to D4', () => {
    const at = [0, 1] as const;
    const twice = once({ redelivered: false, at }).deliver(4, 0, { redelivered: false, at });
    expect(findings(judge(twice.settle(4, 0).drained(), { placed: true }))).toEqual({
      D5: '1',
      O3: '1',
    });
    const elsewhere = once({ redelivered: false, at }).settle(4, 0, 'requeue');
    elsewhere.consume(4, 0, { redelivered: false, at: [0, 2] }).drained();
    expect(findings(judge(elsewhere, { placed: true }))).toEqual({ D4: '1' });
  });

  it.each([
    ['a seek', { kind: EventKind.seeked, ...consumerA, group: 0 }],
    ['a redrive', { kind: EventKind.redriven, group: 0, lane: 4, seq: 0 }],
  ])('lets counting begin anew after %s', (_what, event) => {
    const history = once({ attempt: 3 }).settle(4, 0, 'requeue').add(event);
    expect(findings(judge(history.consume(4, 0, { attempt: 3 }).drained())).V7).toBe('0+1');
  });
});
