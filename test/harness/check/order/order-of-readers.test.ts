import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../../harness/core/events.ts';
import {
  consumerB,
  findings,
  type HistoryBuilder,
  historyOf,
  judge,
  resultOf,
  twoGroups,
} from '../history-of.ts';

describe('O7 divergent order', () => {
  const facts = { ...twoGroups, oneOrder: true };
  const h = { to: consumerB, group: 1 };
  const both = (second: readonly number[]): HistoryBuilder => {
    const history = historyOf().send(0, 0).send(1, 0).send(2, 0);
    for (const lane of [0, 1, 2]) history.deliver(lane, 0);
    for (const lane of second) history.deliver(lane, 0, h);
    return history.drained(0).drained(1);
  };

  it('finds two messages that two groups had in different orders', () => {
    expect(findings(judge(both([0, 2, 1]), facts))).toEqual({ O7: '1' });
  });

  it('is content with one order, whoever is ahead', () => {
    expect(findings(judge(both([0, 1, 2]), facts))).toEqual({});
    const history = historyOf().send(0, 0).send(1, 0);
    history.deliver(0, 0).deliver(0, 0, h).deliver(1, 0, h).deliver(1, 0);
    expect(findings(judge(history.drained(0).drained(1), facts))).toEqual({});
  });

  it('finds an inversion whose halves were ahead in turn', () => {
    const history = historyOf().send(0, 0).send(1, 0);
    history.deliver(0, 0).deliver(1, 0, h).deliver(0, 0, h).deliver(1, 0);
    expect(findings(judge(history.drained(0).drained(1), facts))).toEqual({ O7: '1' });
  });

  it('holds it possible when the group was read in two sessions', () => {
    const history = historyOf().send(0, 0).send(1, 0).deliver(0, 0).deliver(1, 0);
    history.deliver(1, 0, h).deliver(0, 0, { ...h, to: { actor: 3, session: 31 } });
    expect(findings(judge(history.drained(0).drained(1), facts))).toEqual({ O7: '0+1' });
  });

  it('takes no session of a message in between for that of the inverted one', () => {
    const history = historyOf().send(0, 0).send(1, 0).send(2, 0);
    for (const lane of [0, 1, 2]) history.deliver(lane, 0);
    const later = { to: { actor: 3, session: 31 }, group: 1 };
    history.deliver(2, 0, h).deliver(0, 0, later).deliver(1, 0, later);
    expect(findings(judge(history.drained(0).drained(1), facts))).toEqual({ O7: '0+2' });
  });

  it('is no matter of cells that claim no common order', () => {
    expect(resultOf(judge(both([2, 1, 0]), twoGroups), 'O7').status).toBe('inapplicable');
  });
});

describe('O10 reshard order', () => {
  const split = { kind: EventKind.scopeSplit, scope: 0, ref: 1, positionMajor: 2 };
  const placed = { placed: true };
  const sent = (): HistoryBuilder =>
    historyOf()
      .send(0, 0, 'ok', [0, 0])
      .send(0, 1, 'ok', [0, 1])
      .add(split)
      .send(1, 0, 'ok', [1, 0]);
  const of = (history: HistoryBuilder): object => resultOf(judge(history.drained(), placed), 'O10');

  it('finds a record of the parent that comes after one of its child', () => {
    const history = sent()
      .deliver(0, 0, { at: [0, 0] })
      .deliver(1, 0, { at: [1, 0] });
    const late = history.deliver(0, 1, { at: [0, 1], requestedNs: history.nowNs });
    expect(of(late)).toMatchObject({ count: 1, exposure: 1 });
  });

  it('is content when the parent was read to its end first', () => {
    const history = sent()
      .deliver(0, 0, { at: [0, 0] })
      .deliver(0, 1, { at: [0, 1] });
    expect(of(history.deliver(1, 0, { at: [1, 0] }))).toMatchObject({ count: 0, possible: 0 });
  });

  it('holds it possible when the parent’s record was under way in another connection', () => {
    const history = sent()
      .deliver(0, 0, { at: [0, 0] })
      .deliver(1, 0, { at: [1, 0] });
    const raced = history.deliver(0, 1, { to: consumerB, at: [0, 1], requestedNs: 1 });
    expect(of(raced)).toMatchObject({ count: 0, possible: 1 });
  });

  it('does not count what the parent got after its end', () => {
    const history = sent()
      .deliver(0, 0, { at: [0, 0] })
      .deliver(0, 1, { at: [0, 1] });
    history.send(0, 2, 'ok', [0, 2]).deliver(1, 0, { at: [1, 0] });
    const beyond = history.deliver(0, 2, { at: [0, 2], requestedNs: history.nowNs });
    expect(of(beyond)).toMatchObject({ count: 0 });
  });
});

describe('O12 one FIFO queue', () => {
  const facts = { fifoQueue: true };
  const pulled = (history: HistoryBuilder, lane: number): HistoryBuilder =>
    history.deliver(lane, 0, { requestedNs: history.nowNs + 1, redelivered: false });
  const of = (history: HistoryBuilder): object => resultOf(judge(history.drained(), facts), 'O12');

  it('finds a message that a later one overtook', () => {
    const history = historyOf().send(0, 0).send(1, 0);
    expect(of(pulled(pulled(history, 1), 0))).toMatchObject({ count: 1, exposure: 2 });
  });

  it('lets sends that overlap take effect in either order', () => {
    const history = historyOf().invoke(0, 0).send(1, 0).settled(0, 0, 'ok');
    expect(of(pulled(pulled(history, 1), 0))).toMatchObject({ count: 0 });
  });

  it('finds one that never came though a later one did, unless its taker may have died with it', () => {
    const sent = (): HistoryBuilder => historyOf().open(consumerB).send(0, 0).send(1, 0);
    expect(of(pulled(sent(), 1))).toMatchObject({ count: 1, classes: { 'never delivered': 1 } });
    const crashed = pulled(sent().crash(consumerB), 1);
    expect(of(crashed)).toMatchObject({ count: 0, possible: 1 });
  });

  it('knows nothing of when a pushed or redelivered copy was taken', () => {
    const history = historyOf().send(0, 0).send(1, 0);
    expect(of(pulled(history, 1).deliver(0, 0))).toMatchObject({ count: 0 });
    const again = historyOf().send(0, 0).send(1, 0);
    pulled(again, 1).deliver(0, 0, { requestedNs: again.nowNs, redelivered: true });
    expect(of(again)).toMatchObject({ count: 0 });
  });
});
