import { describe, expect, it } from 'vitest';
import { EventKind, OutcomeCode, SettlementCode } from '../../../../harness/core/events.ts';
import { defaultBounds, plainGroup } from '../../../../harness/core/facts.ts';
import { consumerA, consumerB, findings, historyOf, judge, resultOf } from '../history-of.ts';

const toB = { to: consumerB };
const started = () => historyOf().open(consumerA).open(consumerB).sendAll(0, 4);

describe('O8 delivered past an unsettled head of its group', () => {
  const o8 = (history: ReturnType<typeof started>, more = {}) =>
    findings(judge(history, { messageGroups: true, ...more })).O8;
  /** A holds seq 0, asked for and got by now. */
  const held = (details = {}) => started().deliver(0, 0, { requestedNs: 0, ...details });
  const next = (history: ReturnType<typeof started>, details = {}) =>
    history.deliver(0, 1, { requestedNs: history.nowNs, ...details });

  it('finds it for the same consumer and for another, once for each message', () => {
    expect(o8(next(held()))).toBe('1');
    const judgement = judge(next(held(), toB).deliver(0, 2, { requestedNs: 1e6 }), {
      messageGroups: true,
    });
    expect(resultOf(judgement, 'O8')).toMatchObject({ count: 2, exposure: 3 });
  });

  it('accepts several from one receive, and what comes when the head is settled', () => {
    expect(o8(held().deliver(0, 1, { requestedNs: 0 }))).toBeUndefined();
    expect(o8(next(held().settle(0, 0)))).toBeUndefined();
    expect(o8(next(held().settle(0, 0, 'reject')))).toBeUndefined();
    const pushed = started().deliver(0, 0);
    pushed.nowNs -= 1_000;
    expect(o8(pushed.deliver(0, 1))).toBeUndefined();
  });

  it('knows the order of pushes within a session only', () => {
    expect(o8(started().deliver(0, 0).deliver(0, 1))).toBe('1');
    expect(o8(started().deliver(0, 0).deliver(0, 1, toB))).toBe('0+1');
  });

  it.each([
    ['was being settled', () => next(held().beginSettle(0, 0))],
    ['was requeued', () => next(held().settle(0, 0, 'requeue'))],
    ['had lost its holder', () => next(held().crash(consumerA), toB)],
    ['may have been handed out later', () => held().deliver(0, 1, { requestedNs: 5, ...toB })],
    ['may have been stored later', () => next(held().invoke(0, 0, 2).settled(0, 0, 'ok'))],
    ['was leased no more for certain', () => next(held({ leaseMs: 1 }).wait(2e6))],
  ])('doubts it if the head %s', (_what, history) => {
    expect(o8(history(), { leased: true })).toBe('0+1');
  });

  it('doubts it if another consumer may have used up its attempts', () => {
    const groups = [{ ...plainGroup, attempts: 3 }];
    expect(o8(next(held(), toB), { groups })).toBe('0+1');
    expect(o8(next(held()), { groups })).toBe('1');
  });

  it('doubts it from when the head may have expired, which frees its group', () => {
    const timed = (expiresMs: number) => {
      const head = { lane: 0, seq: 0, positionMajor: expiresMs * 1e6 };
      return next(
        held()
          .add({ kind: EventKind.sendTimed, ...head })
          .wait(100e6),
      );
    };
    const facts = { timed: true, bounds: { ...defaultBounds, skewMs: 10 } };
    expect(o8(timed(105), facts)).toBe('0+1');
    expect(o8(timed(120), facts)).toBe('1');
  });

  it('looks at ordered lanes of message groups only', () => {
    const unordered = historyOf().sendAll(4, 2).deliver(4, 0).deliver(4, 1);
    expect(o8(unordered)).toBeUndefined();
    expect(resultOf(judge(next(held())), 'O8').status).toBe('inapplicable');
  });

  it('lets a head that comes again be what it is', () => {
    const history = next(held().settle(0, 0, 'requeue'));
    expect(o8(history.deliver(0, 0, { requestedNs: history.nowNs }))).toBe('0+1');
  });
});

describe('O11 requeued to another place than claimed', () => {
  const facts = { groups: [{ ...plainGroup, requeueTo: 'original' as const }] };
  const o11 = (history: ReturnType<typeof started>) => findings(judge(history, facts)).O11;
  const requeued = (attempt = 1) => started().deliver(0, 0, { attempt }).settle(0, 0, 'requeue');
  const pull = (
    history: ReturnType<typeof started>,
    seq: number,
    attempt: number,
    to = consumerA,
  ) => history.deliver(0, seq, { requestedNs: history.nowNs, attempt, to });

  it('finds a later message that came before it', () => {
    const judgement = judge(pull(pull(requeued(), 1, 1, consumerB), 0, 2), facts);
    expect(resultOf(judgement, 'O11')).toMatchObject({ count: 1, exposure: 1 });
    expect(o11(pull(pull(requeued(), 0, 2), 1, 1))).toBeUndefined();
  });

  it('doubts it if somebody else may have had it in between', () => {
    expect(o11(pull(pull(requeued(), 1, 1), 0, 3))).toBe('0+1');
  });

  it('accepts what had been handed out, or asked for, before the answer', () => {
    const ahead = started().deliver(0, 0, { attempt: 1 }).deliver(0, 1, { attempt: 1 });
    expect(o11(pull(ahead.settle(0, 0, 'requeue'), 0, 2))).toBeUndefined();
    const asked = requeued().deliver(0, 1, { requestedNs: 5, attempt: 1, to: consumerB });
    expect(o11(pull(asked, 0, 2))).toBe('0+1');
    expect(o11(pull(requeued().deliver(0, 1, { attempt: 2 }), 0, 2))).toBeUndefined();
  });

  it('trusts the order of one session where nothing is counted, unless sessions end', () => {
    const pushed = () => started().deliver(0, 0).settle(0, 0, 'requeue').deliver(0, 1);
    expect(o11(pushed().deliver(0, 0, { redelivered: true }).drained())).toBe('1');
    expect(
      o11(
        pushed()
          .deliver(0, 0, { redelivered: true, ...toB })
          .drained(),
      ),
    ).toBe('0+1');
    const ended = pushed().deliver(0, 0, { redelivered: true }).close(consumerB).drained();
    expect(o11(ended)).toBe('0+1');
  });

  it('doubts what was sent again, and what its holder may not have held any more', () => {
    const resent = requeued().invoke(0, 1, 2).settled(0, 1, 'ok');
    expect(o11(pull(pull(resent, 1, 1), 0, 2))).toBe('0+1');
    const weak = started().deliver(0, 0, { attempt: 1, requestedNs: 0, leaseMs: 1 }).wait(2e6);
    expect(o11(pull(pull(weak.settle(0, 0, 'requeue'), 1, 1), 0, 2))).toBe('0+1');
  });

  it('takes no message that is in hand again for requeued when the answer comes', () => {
    const answer = { kind: EventKind.settleSettled, ...consumerA, group: 0, lane: 0, seq: 0 };
    const ok = { ticket: 1, detail: SettlementCode.requeue, outcome: OutcomeCode.ok };
    const begun = started().deliver(0, 0, { attempt: 1 }).beginSettle(0, 0, 'requeue');
    const late = pull(begun, 0, 2).add({ ...answer, ...ok });
    expect(o11(pull(pull(late, 1, 1), 0, 3))).toBeUndefined();
    const inTime = started().deliver(0, 0, { attempt: 1 }).beginSettle(0, 0, 'requeue');
    inTime.add({ ...answer, ...ok });
    expect(o11(pull(pull(inTime, 1, 1), 0, 2))).toBe('1');
  });

  it('has nothing to say of a requeue that failed, or of what never came back', () => {
    const failed = started().deliver(0, 0, { attempt: 1 }).settle(0, 0, 'requeue', 'fail');
    expect(o11(pull(pull(failed, 1, 1), 0, 2))).toBeUndefined();
    expect(o11(pull(requeued(), 1, 1))).toBe('0+1');
    const moved = pull(requeued(), 1, 1);
    moved.add({ kind: EventKind.deadLettered, group: 0, lane: 0, seq: 0 });
    expect(o11(moved)).toBeUndefined();
    expect(resultOf(judge(requeued()), 'O11').status).toBe('inapplicable');
  });
});
