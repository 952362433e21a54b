import { describe, expect, it } from 'vitest';
import { createJudge } from '../../../harness/check/judge.ts';
import { emptyEvent, EventKind } from '../../../harness/core/events.ts';
import {
  findings,
  historyOf,
  judge,
  producer,
  resultOf,
  settling,
  withMaker,
} from './history-of.ts';

const lanes = { first: 0, count: 4, ordered: true, actor: producer, route: -1 };

describe('the judge', () => {
  it('leaves the other checks alone when one breaks while folding', () => {
    const judge = createJudge(settling, {
      seed: 0,
      checks: withMaker('D6', () => ({
        listensTo: [EventKind.deliver],
        fold: () => {
          throw new Error('planted');
        },
        finish: () => {
          throw new Error('never asked');
        },
      })),
    });
    judge.addLanes(lanes);
    for (const event of historyOf().sendAll(0, 2).consume(0, 0).drained().events) judge.fold(event);
    const judgement = judge.finish();
    expect(resultOf(judgement, 'D6')).toEqual({
      status: 'undecided',
      check: 'D6',
      reason: 'check D6 broke: planted',
    });
    expect(findings(judgement)).toEqual({ D1: '1', D6: 'undecided' });
    expect(judgement.irregularities).toEqual(['check D6 broke: planted']);
  });

  it('is undecided about a check that breaks at the end', () => {
    const judge = createJudge(settling, {
      seed: 0,
      checks: withMaker('O2', () => ({
        listensTo: [],
        fold: () => undefined,
        finish: () => {
          throw new Error('planted');
        },
      })),
    });
    const { results, irregularities } = judge.finish();
    expect(
      results.filter(({ status }) => status === 'undecided').map(({ check }) => check),
    ).toContain('O2');
    expect(irregularities).toEqual(['check O2 broke: planted']);
  });

  it('is undecided about a check that breaks when the history is shown again', () => {
    const judge = createJudge(settling, {
      checks: withMaker('O2', () => ({
        listensTo: [],
        fold: () => undefined,
        finish: () => ({ status: 'undecided', check: 'O2', reason: 'open' }),
        resolve: () => {
          throw new Error('planted');
        },
      })),
    });
    const first = judge.finish();
    const again = judge.resolve(first, () => undefined);
    const reason = 'check O2 broke: planted';
    expect(resultOf(first, 'O2')).toMatchObject({ reason: 'open' });
    expect(resultOf(again, 'O2')).toEqual({ status: 'undecided', check: 'O2', reason });
    expect(again.irregularities).toEqual([reason]);
    expect(again.results.length).toBe(first.results.length);
  });

  it('notes times that go back', () => {
    const history = historyOf().send(0, 0);
    const late = { ...emptyEvent(), timeNs: 1, kind: EventKind.phase };
    const { irregularities } = judge([...history.events, late, late]);
    expect(irregularities).toEqual(['events are out of order at 1 ns (and 1 more of the kind)']);
  });

  it('notes sends that leave a gap, and settlements of sends that never began', () => {
    const { irregularities } = judge(historyOf().send(0, 5).settled(1, 0, 'ok'));
    expect(irregularities).toEqual([
      'lane 0 went from seq -1 to 5',
      'send 1:0 settled but never began',
    ]);
  });

  it('notes answers beyond the attempts that began, whichever of them is the true one', () => {
    const twice = historyOf().send(0, 0, 'fail').settled(0, 0, 'ok');
    expect(judge(twice).irregularities).toEqual(['send 0:0 settled more often than it began']);
    const again = historyOf().send(0, 0, 'unknown').invoke(0, 0, 2);
    expect(judge(again.settled(0, 0, 'ok')).irregularities).toEqual([]);
    expect(judge(again.settled(0, 0, 'ok')).irregularities).toHaveLength(1);
  });

  it('notes subscriptions that the cell does not have', () => {
    const { irregularities } = judge(historyOf().send(0, 0).consume(0, 0, { group: 7 }));
    expect(irregularities[0]).toMatch(/^an event names subscription 7/);
  });

  it('finds the same in a history whose events are one reused object', () => {
    const history = historyOf().sendAll(0, 40).consume(0, 3).drained();
    const separate = createJudge(settling);
    separate.addLanes(lanes);
    for (const event of history.events) separate.fold(event);
    expect(separate.finish().results).toEqual(judge(history).results);
  });

  it('accepts lanes that are added while it runs, and refuses to add them twice', () => {
    const judge = createJudge(settling);
    judge.addLanes({ first: 10, count: 2, ordered: true, actor: 1, route: -1 });
    for (const event of historyOf().sendAll(11, 3).consume(11, 0).events) judge.fold(event);
    judge.addLanes({ first: 4, count: 6, ordered: true, actor: 5, route: -1 });
    for (const event of historyOf().sendAll(9, 3).drained().events) judge.fold(event);
    expect(() =>
      judge.addLanes({ first: 11, count: 1, ordered: true, actor: 1, route: -1 }),
    ).toThrow(/registered before/);
    expect(judge.finish().counts).toMatchObject({ sent: 6, acknowledged: 6, distinctDelivered: 1 });
  });

  it('grows by no byte for phantoms', () => {
    const judge = createJudge(settling);
    judge.addLanes(lanes);
    const before = judge.bytes();
    for (let n = 0; n < 1_000; n += 1) {
      for (const event of historyOf().deliver(n * 7_919 + 4, n * 104_729).events) judge.fold(event);
    }
    expect(judge.bytes()).toBe(before);
  });
});
