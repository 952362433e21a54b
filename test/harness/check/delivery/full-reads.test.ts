import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../../harness/core/events.ts';
import { type GroupFacts, plainGroup } from '../../../../harness/core/facts.ts';
import { checksByScope } from '../../../../harness/run/foreign/shards/part.ts';
import { findings, type HistoryBuilder, historyOf, judge, resultOf } from '../history-of.ts';

const replicas: readonly GroupFacts[] = [
  plainGroup,
  { role: 'replica', node: 'north' },
  { role: 'replica', node: 'south' },
];
const readBack: readonly GroupFacts[] = [plainGroup, { role: 'read-back' }];

const readerOf = (group: number) => ({ actor: 7 + group, session: 70 + group });
const read = (history: HistoryBuilder, group: number, seqs: readonly number[]): HistoryBuilder => {
  for (const seq of seqs) {
    history.deliver(0, seq, { to: readerOf(group), group, at: [0, seq], redelivered: false });
  }
  return history;
};

describe('D2 read through one node, missing through another', () => {
  const sent = () => historyOf().sendAll(0, 3);
  const judged = (history: HistoryBuilder) =>
    judge(history.drained(0), { groups: replicas, placed: true });
  const subscribed = (history: HistoryBuilder) => read(history, 0, [0, 1, 2]);

  it('finds what one of two drained nodes lacks', () => {
    const history = read(read(subscribed(sent()), 1, [0, 1, 2]), 2, [0, 2]);
    const judgement = judged(history.drained(1).drained(2));
    expect(findings(judgement)).toEqual({ D2: '1' });
    expect(resultOf(judgement, 'D2')).toMatchObject({
      exposure: 5,
      classes: { acknowledged: 1 },
      culprits: [{ lane: 0, seq: 1, group: 2, note: expect.stringContaining('north') }],
    });
  });

  it('accepts nodes that agree, whatever both of them lack', () => {
    const history = read(read(subscribed(sent()), 1, [0, 2]), 2, [0, 2]);
    expect(findings(judged(history.drained(1).drained(2)))).toEqual({});
  });

  it('needs no drain of the node that has it, and is undecided without one of the node that lacks it', () => {
    const history = () => read(read(subscribed(sent()), 1, [0, 1, 2]), 2, [0, 2]);
    expect(findings(judged(history().drained(2)))).toEqual({ D2: '1' });
    expect(resultOf(judged(history().drained(1)), 'D2')).toMatchObject({
      status: 'undecided',
      reason: 'the read through south did not end',
    });
  });

  it('is only possible where a send without an answer may have been stored behind the read', () => {
    const unanswered = () => historyOf().send(0, 0).send(0, 1, 'unknown').send(0, 2);
    const late = read(read(read(unanswered(), 2, [0, 2]), 1, [0, 1, 2]), 0, [0, 1, 2]);
    expect(findings(judged(late.drained(1).drained(2)))).toEqual({ D2: '0+1' });
    const known = read(read(read(unanswered(), 0, [0, 1, 2]), 2, [0, 2]), 1, [0, 1, 2]);
    expect(resultOf(judged(known.drained(1).drained(2)), 'D2')).toMatchObject({
      count: 1,
      possible: 0,
      classes: { 'not acknowledged': 1 },
    });
  });

  it('is excused by whatever removed the entry from any group', () => {
    const history = read(read(subscribed(sent()), 1, [0, 1, 2]), 2, [0, 2]);
    history.add({ kind: EventKind.expired, lane: 0, seq: 1, group: 0 });
    expect(findings(judged(history.drained(1).drained(2)))).toEqual({});
  });

  it('is no matter of a write whose transaction was not committed', () => {
    const history = historyOf()
      .send(0, 0)
      .add({ kind: EventKind.sendInvoke, lane: 0, seq: 1, attempt: 1, ref: 1, actor: 1 });
    read(read(read(history, 0, [0, 1]), 1, [0, 1]), 2, [0])
      .drained(1)
      .drained(2);
    const judgement = judge(history.drained(0), {
      groups: replicas,
      placed: true,
      transactions: 'read-uncommitted',
    });
    expect(findings(judgement).D2).toBeUndefined();
  });

  it('says nothing of cells that read one node only', () => {
    const facts = { groups: replicas.slice(0, 2), placed: true };
    const history = read(read(sent(), 0, [0, 1, 2]), 1, [0])
      .drained(0)
      .drained(1);
    expect(resultOf(judge(history, facts), 'D2').status).toBe('inapplicable');
  });
});

describe('D3 vanished', () => {
  const sent = () => historyOf().sendAll(0, 3);
  const judged = (history: HistoryBuilder) =>
    judge(history.drained(0), { groups: readBack, placed: true });

  it('finds what was delivered and is missing from a later read from the start', () => {
    const judgement = judged(read(read(sent(), 0, [0, 1, 2]), 1, [0, 1]).drained(1));
    expect(findings(judgement)).toEqual({ D3: '1' });
    expect(resultOf(judgement, 'D3')).toMatchObject({
      exposure: 3,
      culprits: [{ lane: 0, seq: 2, group: 1 }],
    });
  });

  it('accepts a complete read, and what nobody had', () => {
    expect(findings(judged(read(read(sent(), 0, [0, 1, 2]), 1, [2, 1, 0]).drained(1))).D3).toBe(
      undefined,
    );
    const history = read(read(sent(), 0, [0, 1]), 1, [0, 1]).drained(1);
    expect(findings(judged(history))).toEqual({ D1: '1' });
  });

  it('is only possible for what came to light after the read had begun', () => {
    const history = read(read(read(sent(), 0, [0, 1]), 1, [0, 1]), 0, [2]).drained(1);
    expect(findings(judged(history))).toEqual({ D3: '0+1' });
  });

  it('begins with whatever lane is read first, so that lanes are not judged apart', () => {
    const history = sent().send(1, 0);
    history.deliver(1, 0, { to: readerOf(0), at: [1, 0] });
    history.deliver(1, 0, { to: readerOf(1), group: 1, at: [1, 0] });
    read(read(history, 0, [0, 1, 2]), 1, [0, 1]).drained(1);
    expect(findings(judged(history))).toEqual({ D3: '0+1' });
    const { cell } = checksByScope();
    expect(cell).toEqual(expect.arrayContaining(['D2', 'D3']));
  });

  it('begins with the session of the reader, though nothing came of it', () => {
    const history = read(sent(), 0, [0, 1]).open(readerOf(1), 1);
    read(read(history, 0, [2]), 1, [0, 1]).drained(1);
    expect(findings(judged(history))).toEqual({ D3: '0+1' });
  });

  it('is undecided without an end of the read, and inapplicable without places', () => {
    const history = () => read(read(sent(), 0, [0, 1, 2]), 1, [0, 1]);
    expect(resultOf(judged(history()), 'D3').status).toBe('undecided');
    const unplaced = judge(history().drained(0).drained(1), { groups: readBack });
    expect(resultOf(unplaced, 'D3').status).toBe('inapplicable');
  });

  it('is excused by expiry and purge before the read', () => {
    for (const kind of [EventKind.expired, EventKind.purged]) {
      const history = read(sent(), 0, [0, 1, 2]).add({ kind, lane: 0, seq: 2, group: 0 });
      expect(findings(judged(read(history, 1, [0, 1]).drained(1))).D3).toBeUndefined();
    }
  });

  it('compares nothing with what was read among dead letters', () => {
    const groups: readonly GroupFacts[] = [...readBack, { role: 'dead-letter', of: 0 }];
    const history = read(read(read(sent(), 0, [0, 1]), 2, [2]), 1, [0, 1])
      .drained(0)
      .drained(1);
    expect(findings(judge(history, { groups, placed: true })).D3).toBeUndefined();
  });
});
