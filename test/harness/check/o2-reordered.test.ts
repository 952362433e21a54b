import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../harness/core/events.ts';
import {
  consumerA,
  consumerB,
  findings,
  historyOf,
  judge,
  resultOf,
  twoGroups,
} from './history-of.ts';

const started = () => historyOf().open(consumerA).open(consumerB).sendAll(0, 4).sendAll(4, 2);
const rest = (history: ReturnType<typeof started>) => history.consume(4, 0).consume(4, 1).drained();

describe('O2 reordered within a lane', () => {
  it('finds two first deliveries that were swapped in one session', () => {
    const history = started().consume(0, 0).consume(0, 2).consume(0, 1).consume(0, 3);
    const judgement = judge(rest(history));
    expect(findings(judgement)).toEqual({ O2: '1' });
    expect(resultOf(judgement, 'O2')).toMatchObject({ exposure: 4, classes: { 'sent once': 1 } });
  });

  it('counts every message that an earlier one overtook', () => {
    const history = started().consume(0, 3).consume(0, 0).consume(0, 1).consume(0, 2);
    expect(findings(judge(rest(history)))).toEqual({ O2: '3' });
  });

  it('accepts order, gaps, and lanes without order', () => {
    const history = started().consume(0, 0).consume(0, 1).consume(0, 2).consume(0, 3);
    expect(findings(judge(history.consume(4, 1).consume(4, 0).drained()))).toEqual({});
  });

  it('is only possible between two sessions', () => {
    const history = started().consume(0, 0).consume(0, 2, { to: consumerB });
    history.consume(0, 1).consume(0, 3, { to: consumerB });
    expect(findings(judge(rest(history)))).toEqual({ O2: '0+1' });
  });

  it('is only possible between two generations of one session', () => {
    const history = started().consume(0, 0).consume(0, 2);
    history.add({ kind: EventKind.assigned, ...consumerA, group: 0, ref: 2 });
    expect(findings(judge(rest(history.consume(0, 1).consume(0, 3))))).toEqual({ O2: '0+1' });
  });

  it('takes a flagged copy for a rewind', () => {
    const history = started().consume(0, 0).consume(0, 2).consume(0, 1, { redelivered: true });
    expect(findings(judge(rest(history.consume(0, 3))))).toEqual({});
  });

  it('is undecided where every copy is called a redelivery, which could hide any order', () => {
    const flagged = { redelivered: true };
    const history = started().consume(0, 0, flagged).consume(0, 2, flagged).consume(0, 1, flagged);
    const rest = history.consume(4, 0, flagged).consume(4, 1, flagged).drained();
    expect(resultOf(judge(rest), 'O2')).toMatchObject({ count: 0, exposure: 0 });
  });

  it('takes a repeated delivery for a rewind', () => {
    const history = started().consume(0, 0).deliver(0, 1).consume(0, 2).settle(0, 1, 'requeue');
    expect(findings(judge(rest(history.consume(0, 1).consume(0, 3))))).toEqual({});
  });

  it('doubts order after an interruption where copies are neither flagged nor placed', () => {
    const interrupted = (details: object) =>
      rest(
        started()
          .consume(0, 0, details)
          .close(consumerB)
          .consume(0, 2, details)
          .consume(0, 1, details)
          .consume(0, 3, details),
      );
    expect(findings(judge(interrupted({})))).toEqual({ O2: '0+1' });
    expect(findings(judge(interrupted({ redelivered: false })))).toEqual({ O2: '1' });
  });

  it('judges each group by itself', () => {
    const history = started();
    for (const seq of [0, 1, 2, 3]) history.consume(0, seq);
    for (const seq of [1, 0, 2, 3]) history.consume(0, seq, { group: 1 });
    for (const group of [0, 1]) history.consume(4, 0, { group }).consume(4, 1, { group });
    const judgement = judge(history.drained(0).drained(1), twoGroups);
    expect(findings(judgement)).toEqual({ O2: '1' });
    expect(resultOf(judgement, 'O2')).toMatchObject({ culprits: [{ lane: 0, seq: 0, group: 1 }] });
  });

  it('names messages that were sent more than once apart', () => {
    const history = historyOf().open(consumerA).send(0, 0, 'unknown').send(0, 1);
    history.invoke(0, 0, 2).settled(0, 0, 'ok').consume(0, 1).consume(0, 0).drained();
    expect(resultOf(judge(history), 'O2')).toMatchObject({ count: 1, classes: { resent: 1 } });
  });
});
