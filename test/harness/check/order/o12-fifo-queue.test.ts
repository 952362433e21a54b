import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FifoQueueCheck } from '../../../../harness/check/order/o12-fifo-queue.ts';
import { createJudge } from '../../../../harness/check/judge.ts';
import {
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
} from '../../../../harness/core/events.ts';
import { plainFacts } from '../../../../harness/core/facts.ts';
import {
  consumerA,
  consumerB,
  findings,
  type HistoryBuilder,
  historyOf,
  judge,
  producer,
  resultOf,
} from '../history-of.ts';
import { isLinearizable, type Value } from './o12-brute-force.ts';

const fifo = { fifoQueue: true };
const judged = (history: HistoryBuilder) => findings(judge(history, fifo));
/** Values of lanes of their own: 0 and 1 are enqueued one after the other. */
const sent = () => historyOf().open(consumerA).send(0, 0).send(1, 0);
const pull = (history: HistoryBuilder, lane: number) =>
  history.consume(lane, 0, { requestedNs: history.nowNs, redelivered: false });

describe('O12 not linearizable as a FIFO queue', () => {
  it('finds a message that one sent later overtook', () => {
    expect(judged(pull(pull(sent(), 1), 0).drained())).toEqual({ O12: '1' });
    expect(judged(pull(pull(sent(), 0), 1).drained())).toEqual({});
  });

  it('finds a message that was never dequeued, though a later one was', () => {
    expect(judged(pull(sent(), 1).drained())).toEqual({ O12: '1', D1: '1' });
    expect(judged(pull(sent(), 0).drained())).toEqual({ D1: '1' });
  });

  it('calls it possible where a consumer crashed, which may have taken it', () => {
    expect(judged(pull(sent(), 1).crash(consumerA).drained())).toMatchObject({ O12: '0+1' });
  });

  it('allows any order of sends, and of requests, that overlap', () => {
    const together = historyOf().open(consumerA).invoke(0, 0).invoke(1, 0);
    together.settled(0, 0, 'ok').settled(1, 0, 'ok');
    expect(judged(pull(pull(together, 1), 0).drained())).toEqual({});
    const history = sent();
    const requestedNs = history.nowNs;
    history.consume(1, 0, { requestedNs }).consume(0, 0, { requestedNs });
    expect(judged(history.drained())).toEqual({});
  });

  it('takes the order of one session for the order of its pushed copies, and of two for none', () => {
    expect(judged(sent().consume(1, 0).consume(0, 0).drained())).toEqual({ O12: '1' });
    const two = historyOf().open(consumerA).open(consumerB).send(0, 0).send(1, 0);
    two.consume(1, 0).consume(0, 0, { to: consumerB });
    expect(judged(two.drained())).toEqual({});
    const opened = sent().consume(1, 0).open(consumerB).consume(0, 0, { to: consumerB });
    expect(judged(opened.drained())).toEqual({ O12: '1' });
  });

  it('lets an unconfirmed send take effect whenever it likes', () => {
    const history = historyOf().open(consumerA).send(0, 0, 'unknown').send(1, 0);
    expect(judged(pull(pull(history, 1), 0).drained())).toEqual({});
  });

  it('does not look at copies that were handed out before, unseen or not', () => {
    const history = sent().consume(1, 0, { redelivered: false });
    expect(judged(history.consume(0, 0, { redelivered: true }).drained())).toEqual({});
    const unseen = sent().open(consumerB).consume(1, 0).close(consumerB).consume(0, 0);
    expect(judged(unseen.drained())).toEqual({ O12: '0+1' });
  });

  it('judges each scope and each group by itself', () => {
    const history = sent()
      .consume(1, 0, { at: [1, 0] })
      .consume(0, 0, { at: [0, 0] });
    expect(judged(history.drained())).toEqual({});
  });

  it('does not apply where scopes are no queues', () => {
    expect(resultOf(judge(historyOf()), 'O12').status).toBe('inapplicable');
  });

  it('is undecided, and says how much it saw, when the window is exceeded', () => {
    const checks = [
      {
        id: 'O12' as const,
        applies: () => undefined,
        create: (...[state, seed]: ConstructorParameters<typeof FifoQueueCheck> | [never, never]) =>
          new FifoQueueCheck(state, seed, 2),
      },
    ];
    const limited = createJudge({ ...plainFacts, ...fifo }, { checks: checks as never });
    limited.addLanes({ first: 0, count: 4, ordered: true, actor: producer, route: -1 });
    for (const event of pull(historyOf().open(consumerA).sendAll(0, 3), 0).events)
      limited.fold(event);
    expect(limited.finish().results).toEqual([
      {
        status: 'undecided',
        check: 'O12',
        reason: '1 of 2 enqueues were beyond the window of 2',
      },
    ]);
  });
});

const value = fc
  .record({
    start: fc.nat({ max: 12 }),
    takes: fc.nat({ max: 6 }),
    confirmed: fc.boolean(),
    dequeued: fc.option(fc.record({ start: fc.nat({ max: 20 }), takes: fc.nat({ max: 6 }) }), {
      nil: undefined,
    }),
  })
  .map(({ start, takes, confirmed, dequeued }): Value => {
    const enqueue = [start, confirmed ? start + takes : Number.POSITIVE_INFINITY] as const;
    if (dequeued === undefined) return { enqueue, dequeue: undefined, confirmed };
    const end = Math.max(dequeued.start + dequeued.takes, start + 1);
    return { enqueue, dequeue: [Math.min(dequeued.start, end), end], confirmed };
  });

/** The values as a history: each of a lane of its own, each dequeue pulled. */
function historyOfValues(values: readonly Value[]): EventRecord[] {
  const events = values.flatMap(({ enqueue, dequeue, confirmed }, lane): EventRecord[] => {
    const about = { ...emptyEvent(), actor: producer, lane, seq: 0 };
    const [startNs, endNs] = enqueue;
    const sends: EventRecord[] = [
      { ...about, kind: EventKind.sendInvoke, attempt: 1, timeNs: startNs },
    ];
    if (confirmed) {
      const outcome = OutcomeCode.ok;
      sends.push({ ...about, kind: EventKind.sendSettled, outcome, timeNs: endNs });
    }
    if (dequeue === undefined) return sends;
    const flags = Flag.pulled | Flag.flagKnown;
    const by = { ...about, ...consumerA, group: 0, flags };
    return [...sends, { ...by, kind: EventKind.deliver, auxNs: dequeue[0], timeNs: dequeue[1] }];
  });
  const drained = { ...emptyEvent(), kind: EventKind.drainComplete, group: 0, timeNs: 1_000 };
  return [...events.toSorted((a, b) => a.timeNs - b.timeNs), drained];
}

describe('O12 on every small history of pulled copies', () => {
  it('finds something if and only if no order of the operations explains it', () => {
    let broken = 0;
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), (values) => {
        const history = historyOfValues(values);
        const found = resultOf(judge(history, fifo), 'O12');
        const count = found.status === 'decided' ? found.count : -1;
        if (count > 0) broken += 1;
        expect(count > 0).toBe(!isLinearizable(values));
      }),
      { numRuns: 2_000, seed: 20_261_123 },
    );
    expect(broken).toBeGreaterThanOrEqual(10);
  });
});

describe('O12 on a million operations', () => {
  it('finds the one message that was overtaken', () => {
    const messages = 500_000;
    const judge = createJudge({ ...plainFacts, ...fifo });
    judge.addLanes({ first: 0, count: 4, ordered: false, actor: producer, route: -1 });
    const event = emptyEvent();
    let timeNs = 0;
    const fold = (of: Partial<EventRecord>) => {
      timeNs += 10;
      judge.fold(Object.assign(event, emptyEvent(), { timeNs }, of));
    };
    for (let at = 0; at < messages; at += 1) {
      const about = { actor: producer, lane: at & 3, seq: at >> 2 };
      fold({ kind: EventKind.sendInvoke, attempt: 1, ...about });
      fold({ kind: EventKind.sendSettled, outcome: OutcomeCode.ok, ...about });
    }
    for (let at = 0; at < messages; at += 1) {
      const which = at === 250_000 ? at + 1 : at === 250_001 ? at - 1 : at;
      const about = { ...consumerA, group: 0, lane: which & 3, seq: which >> 2 };
      fold({ kind: EventKind.deliver, flags: Flag.pulled, auxNs: timeNs + 5, ...about });
    }
    fold({ kind: EventKind.drainComplete, group: 0 });
    expect(resultOf(judge.finish(), 'O12')).toMatchObject({ count: 1, exposure: messages });
  });
});
