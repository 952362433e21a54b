import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../../harness/core/events.ts';
import { plainGroup } from '../../../../harness/core/facts.ts';
import {
  consumerA,
  consumerB,
  type DeliveryDetails,
  findings,
  type HistoryBuilder,
  historyOf,
  judge,
  resultOf,
} from '../history-of.ts';

/** Lane 0 stands at even positions, lane 4, which has no order of its own, at odd ones. */
const started = () => historyOf().open(consumerA).open(consumerB).sendAll(0, 4).sendAll(4, 4);
const at = (history: HistoryBuilder, position: number, details: DeliveryDetails = {}) =>
  history.consume(position % 2 === 0 ? 0 : 4, Math.floor(position / 2), {
    at: [0, position],
    ...details,
  });
const found = (history: HistoryBuilder, facts = {}) =>
  findings(judge(history, { placed: true, ...facts })).O3;

describe('O3 position went back without a cause', () => {
  it('finds a step back between lanes, where no lane is out of order', () => {
    const judgement = judge(at(at(at(started(), 3), 0), 1).drained(), { placed: true });
    expect(findings(judgement).O3).toBe('1');
    expect(findings(judgement).O2).toBeUndefined();
    expect(resultOf(judgement, 'O3')).toMatchObject({ exposure: 2, classes: { back: 1 } });
  });

  it('follows each group of a consumer that reads for two in one session', () => {
    const both = [{ role: 'subscription' as const }, { role: 'subscription' as const }];
    const history = at(at(started(), 0), 2);
    at(at(history, 0, { group: 1 }), 2, { group: 1 });
    const groups = both.map((one) => ({ ...plainGroup, ...one }));
    expect(found(history.drained(0).drained(1), { groups })).toBeUndefined();
    at(history, 1, { group: 1 });
    expect(found(history, { groups })).toBe('1');
  });

  it('finds a repeated position', () => {
    const history = started()
      .deliver(0, 0, { at: [0, 0] })
      .deliver(0, 0, { at: [0, 0] });
    expect(resultOf(judge(history, { placed: true }), 'O3')).toMatchObject({
      count: 1,
      classes: { repeated: 1 },
    });
  });

  it('counts a step back once, however much is read again from there', () => {
    const history = started();
    for (const position of [0, 1, 2, 3, 0, 1, 2, 3, 4]) at(history, position);
    expect(found(history)).toBe('1');
  });

  it('accepts gaps, other scopes, other sessions and other groups', () => {
    expect(found(at(at(started(), 0), 5))).toBeUndefined();
    expect(found(at(at(started(), 3), 0, { at: [1, 0] }))).toBeUndefined();
    expect(found(at(at(started(), 3), 0, { to: consumerB }))).toBeUndefined();
  });

  it.each([
    ['a seek in its group', { kind: EventKind.seeked, ...consumerB, group: 0 }],
    ['an assignment', { kind: EventKind.assigned, ...consumerA, group: 0 }],
    ['a revocation', { kind: EventKind.revoked, ...consumerA, group: 0 }],
    ['a loss', { kind: EventKind.lost, ...consumerA, group: 0 }],
    ['a crash', { kind: EventKind.crashed, ...consumerA }],
    ['the end of its session', { kind: EventKind.sessionClosed, ...consumerA, group: 0 }],
    ['a purge', { kind: EventKind.purged, group: 0 }],
  ])('begins anew after %s', (_what, event) => {
    expect(found(at(at(started(), 3).add(event), 0))).toBeUndefined();
  });

  it('accepts what was requeued, and goes on from where it was', () => {
    const history = at(started().deliver(0, 0, { at: [0, 0] }), 3).settle(0, 0, 'requeue');
    expect(found(at(history, 0))).toBeUndefined();
    expect(found(at(at(history, 0), 1))).toBe('1');
  });

  it('takes the broker’s word for a redelivery', () => {
    const history = at(at(started(), 3), 0, { redelivered: true });
    expect(found(history)).toBeUndefined();
    expect(found(at(history, 1, { redelivered: false }))).toBe('1');
  });

  it('is only possible where an open request may have been overtaken', () => {
    const history = started();
    const early = history.nowNs;
    at(history, 2, { requestedNs: early + 100 });
    expect(found(at(history, 1, { requestedNs: early }))).toBe('0+1');
    const asked = at(started(), 2, { requestedNs: early });
    expect(found(at(asked, 1, { requestedNs: asked.nowNs }))).toBe('1');
    const oneAnswer = at(started(), 2, { requestedNs: early });
    expect(found(at(oneAnswer, 1, { requestedNs: early }))).toBe('1');
  });

  it('is only possible for a first delivery that an earlier holder may have had', () => {
    const interrupted = () => at(started().close(consumerB), 3);
    expect(found(at(interrupted(), 0))).toBe('0+1');
    expect(found(at(interrupted(), 0, { redelivered: false }))).toBe('1');
    expect(found(at(at(started(), 3), 0), { leased: true })).toBe('0+1');
  });

  it('is certain for the owner of a scope, whatever befell others', () => {
    const assigned = { kind: EventKind.assigned, ...consumerA, group: 0, scope: 0 };
    const history = at(at(started().add(assigned), 0), 3).close(consumerB);
    expect(found(at(history, 1))).toBe('1');
    const again = at(at(started().add(assigned), 0), 3).close(consumerB);
    expect(found(at(again, 0))).toBe('1');
    const notOwned = at(at(started(), 0), 3).close(consumerB);
    expect(found(at(notOwned, 0))).toBe('0+1');
  });

  it('is only possible where messages have delays', () => {
    expect(found(at(at(started(), 3), 0), { timed: true })).toBe('0+1');
  });

  it('says nothing of message groups, nor where there are no places', () => {
    const history = at(at(started(), 3), 0);
    for (const facts of [{ placed: true, messageGroups: true }, { placed: false }]) {
      expect(resultOf(judge(history, facts), 'O3').status).toBe('inapplicable');
    }
  });
});
