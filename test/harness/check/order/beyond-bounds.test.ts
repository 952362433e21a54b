import { describe, expect, it } from 'vitest';
import { checkModules } from '../../../../harness/check/catalog.ts';
import { createJudge } from '../../../../harness/check/judge.ts';
import type { CheckId } from '../../../../harness/core/anomalies.ts';
import {
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
} from '../../../../harness/core/events.ts';
import { type CellFacts, plainFacts, plainGroup } from '../../../../harness/core/facts.ts';
import { groupHistory, logFacts, ms } from '../groups/group-history.ts';
import {
  consumerA,
  consumerB,
  type HistoryBuilder,
  historyOf,
  producer,
  resultAlone,
  resultOf,
} from '../history-of.ts';

const toB = { to: consumerB };
const placed = { placed: true };

/** Judges with one check, event by event, in lanes below `manyLanes`, of which the last has no order. */
const manyLanes = 300;
const unordered = manyLanes - 1;
const alone = (id: CheckId, facts: Partial<CellFacts>) => {
  const checks = checkModules.filter((module) => module.id === id);
  const judge = createJudge({ ...plainFacts, ...facts }, { checks });
  const lanes = { actor: producer, route: -1 };
  judge.addLanes({ ...lanes, first: 0, count: unordered, ordered: true });
  judge.addLanes({ ...lanes, first: unordered, count: 1, ordered: false });
  const event = emptyEvent();
  const blank = emptyEvent();
  const add = (what: Partial<EventRecord>): void => {
    const timeNs = event.timeNs + 1_000;
    judge.fold(Object.assign(event, blank, what, { timeNs }));
  };
  const received = { kind: EventKind.deliver, ...consumerA, group: 0 };
  return {
    add,
    /** All of the lane up to this one: what is below it counts as sent. */
    send: (lane: number, seq: number) => add({ kind: EventKind.sendInvoke, lane, seq, attempt: 1 }),
    pull: (lane: number, seq: number, attempt = 0) => {
      add({ ...received, lane, seq, attempt, flags: Flag.pulled, auxNs: event.timeNs });
    },
    placed: (lane: number, seq: number, scope: number, positionMajor: number) => {
      add({ ...received, lane, seq, scope, positionMajor, flags: Flag.placed });
    },
    result: () => resultOf(judge.finish(), id),
  };
};

describe('O3 beyond its sessions and scopes', () => {
  const mostRuns = 1 << 18;
  /** One message that is seen in so many scopes, after a step back or none. */
  const spread = (isBack: boolean) => {
    const history = alone('O3', placed);
    history.send(unordered, 1);
    history.placed(unordered, 1, 0, 9);
    if (isBack) history.placed(unordered, 0, 0, 8);
    for (let scope = 1; scope < mostRuns; scope += 1) history.placed(unordered, 1, scope, 50);
    return history;
  };

  it('is undecided when more are read than are followed, and nothing was found', () => {
    const history = spread(false);
    history.placed(unordered, 1, mostRuns, 9);
    history.placed(unordered, 0, mostRuns, 8);
    expect(history.result()).toMatchObject({ status: 'undecided', reason: /^2 deliveries/ });
  });

  it('keeps what it has found', () => {
    const history = spread(true);
    history.placed(unordered, 1, mostRuns, 9);
    expect(history.result()).toMatchObject({ status: 'decided', count: 1 });
  });
});

describe('O4 beyond its runs of reading', () => {
  const groups = [plainGroup, plainGroup];
  const facts = { groups, ...placed };
  /** Another group has read all three. */
  const read = (): HistoryBuilder => {
    const history = historyOf().open(consumerA);
    for (let seq = 0; seq < 3; seq += 1) history.send(0, seq, 'ok', [0, seq]);
    for (let seq = 0; seq < 3; seq += 1) {
      history.deliver(0, seq, { ...toB, group: 1, at: [0, seq] });
    }
    return history;
  };
  const skip = (history: HistoryBuilder): HistoryBuilder =>
    history
      .deliver(0, 0, { at: [0, 0] })
      .deliver(0, 2, { at: [0, 2] })
      .drained()
      .drained(1);

  it('is undecided when a reader began anew more often than is remembered', () => {
    const history = read();
    for (let run = 0; run < 1 << 16; run += 1) {
      history.add({ kind: EventKind.seeked, ...consumerA, group: 0 });
      history.deliver(0, 0, { at: [0, 0] });
    }
    history.add({ kind: EventKind.seeked, ...consumerA, group: 0 });
    expect(resultAlone('O4', read().drained(), facts).status).toBe('undecided');
    expect(resultAlone('O4', skip(read()), facts)).toMatchObject({ count: 1 });
    expect(resultAlone('O4', skip(history), facts)).toMatchObject({
      status: 'undecided',
      reason: /reading .* beyond the bounds of memory/,
    });
  });

  it('is undecided when a reader had more scopes than are followed', () => {
    const history = read();
    for (let scope = 100; scope < 100 + (1 << 18); scope += 1) {
      history.add({ kind: EventKind.assigned, actor: scope, session: scope, group: 0, scope });
    }
    expect(resultAlone('O4', skip(history), facts)).toMatchObject({
      status: 'undecided',
      reason: /reading .* beyond the bounds of memory/,
    });
  });
});

describe('O8 beyond the table of what is held', () => {
  const result = (held: number) => {
    const { send, pull, result: finish } = alone('O8', { messageGroups: true });
    send(unordered, held);
    for (let seq = 0; seq < held; seq += 1) pull(unordered, seq);
    send(0, 1);
    pull(0, 0);
    pull(0, 1);
    return finish();
  };

  it('is undecided when more was held than fits, and nothing was found', () => {
    expect(result(10)).toMatchObject({ status: 'decided', count: 1 });
    expect(result(1 << 21)).toMatchObject({
      status: 'undecided',
      reason: /^2 deliveries .* in-flight table/,
    });
  });
});

describe('O9 beyond its assignments and overlaps', () => {
  const other = (session: number) => ({ actor: 3, session });

  it('takes overlaps beyond those that it watches for possible', () => {
    const history = groupHistory();
    for (let scope = 0; scope < 1_025; scope += 1) {
      history.assign(consumerA, 1, scope).assign(consumerB, 1, scope);
    }
    expect(resultAlone('O9', history.wait(9 * ms).drained(), logFacts)).toMatchObject({
      count: 1_024,
      possible: 1,
    });
  });

  it('hears the end of an assignment however many came after it', () => {
    const history = groupHistory().assign(consumerA);
    for (let session = 100; session < 140; session += 1) {
      history
        .assign(other(session))
        .wait(5 * ms)
        .revoke(other(session));
    }
    const lost = resultAlone('O9', history.lose(consumerA).drained(), logFacts);
    expect(lost).toMatchObject({ count: 0, possible: 40 });
  });

  it('takes for possible what it cannot tell the end of any more', () => {
    const history = groupHistory().assign(consumerA);
    for (let session = 100; session < 132; session += 1) history.assign(other(session));
    const result = resultAlone('O9', history.wait(5 * ms).drained(), logFacts);
    // Every two of the 33 own it at once; of one, forgotten with the last, nobody would hear that it was lost.
    expect(result).toMatchObject({ count: (32 * 31) / 2, possible: 31 });
  });
});

describe('O11 beyond its tables', () => {
  const facts = { groups: [{ ...plainGroup, requeueTo: 'original' as const }] };

  it('is undecided when more had not come back than are remembered', () => {
    const overtaken = (waiting: number) => {
      const { add, send, pull, result } = alone('O11', facts);
      const giveBack = (lane: number, seq: number): void => {
        const of = { ...consumerA, group: 0, lane, seq, detail: SettlementCode.requeue };
        send(lane, seq);
        pull(lane, seq, 1);
        add({ kind: EventKind.settleInvoke, ...of });
        add({ kind: EventKind.settleSettled, ...of, outcome: OutcomeCode.ok });
      };
      for (let at = 0; at < waiting; at += 1) giveBack(1 + (at % 256), Math.floor(at / 256));
      giveBack(0, 0);
      send(0, 1);
      pull(0, 1, 1);
      pull(0, 0, 2);
      return result();
    };
    expect(overtaken(10)).toMatchObject({ status: 'decided', count: 1 });
    expect(overtaken(65_536)).toMatchObject({
      status: 'undecided',
      reason: /^1 requeued message/,
    });
  });

  it('takes for possible what a session that ends might excuse, beyond those that it remembers', () => {
    const history = historyOf()
      .open(consumerA)
      .sendAll(0, 2 * 4_097);
    for (let seq = 0; seq < 2 * 4_097; seq += 2) {
      history
        .deliver(0, seq)
        .settle(0, seq, 'requeue')
        .consume(0, seq + 1);
      history.consume(0, seq, { redelivered: true });
    }
    expect(resultAlone('O11', history.drained(), facts)).toMatchObject({
      count: 4_096,
      possible: 1,
    });
  });
});
