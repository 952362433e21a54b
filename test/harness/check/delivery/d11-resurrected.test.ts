import { describe, expect, it } from 'vitest';
import { DeadLetterCause, EventKind } from '../../../../harness/core/events.ts';
import { plainGroup } from '../../../../harness/core/facts.ts';
import {
  consumerA,
  consumerB,
  findings,
  type HistoryBuilder,
  historyOf,
  judge,
  resultOf,
} from '../history-of.ts';

const groups = [{ ...plainGroup, deadLetter: 1 }, { role: 'dead-letter', of: 0 } as const];
const judged = (history: HistoryBuilder) => judge(history.drained(0).drained(1), { groups });
const found = (history: HistoryBuilder) => findings(judged(history));

const sent = () => historyOf().open(consumerA).sendAll(0, 2).consume(0, 1);
const moved = {
  kind: EventKind.deadLettered,
  detail: DeadLetterCause.rejected,
  lane: 0,
  seq: 0,
  group: 0,
};
const expired = { kind: EventKind.expired, lane: 0, seq: 0 };
/** A copy that is asked for and comes. */
const asked = (history: HistoryBuilder) =>
  history.deliver(0, 0, { requestedNs: history.nowNs, redelivered: false });

describe('D11 resurrected', () => {
  it('finds a copy that was requested after the message had expired, here or everywhere', () => {
    for (const group of [0, 0xffff]) {
      const judgement = judged(asked(sent().add({ ...expired, group })));
      expect(findings(judgement)).toMatchObject({ D11: '1' });
      expect(resultOf(judgement, 'D11')).toMatchObject({ classes: { expired: 1 }, exposure: 1 });
    }
  });

  it('finds a copy that was requested after the message had been moved to the dead letters', () => {
    expect(resultOf(judged(asked(sent().add(moved))), 'D11')).toMatchObject({
      count: 1,
      classes: { 'dead-lettered': 1 },
    });
    const shown = judged(asked(sent().deliver(0, 0, { group: 1 })));
    expect(resultOf(shown, 'D11')).toMatchObject({ count: 1, possible: 0 });
  });

  it('finds a copy of an acknowledged message after a purge, which is D6 besides', () => {
    const purged = { kind: EventKind.purged, group: 0 };
    const history = asked(sent()).settle(0, 0).add(purged);
    const judgement = judged(asked(history));
    expect(findings(judgement)).toMatchObject({ D11: '1', D6: '1' });
    expect(resultOf(judgement, 'D11')).toMatchObject({ classes: { purged: 1 }, exposure: 2 });
  });

  it('accepts copies from before the removal, and of other groups', () => {
    expect(found(asked(sent()).settle(0, 0).add(moved)).D11).toBeUndefined();
    expect(found(asked(sent().add({ ...expired, group: 1 }))).D11).toBeUndefined();
    expect(found(asked(sent().add({ ...moved, seq: 1 }))).D11).toBeUndefined();
  });

  it('accepts what a purge found unsettled: it takes nothing out of somebody’s hands', () => {
    const history = sent().deliver(0, 0).add({ kind: EventKind.purged, group: 0 });
    expect(found(asked(history.settle(0, 0, 'requeue'))).D11).toBeUndefined();
  });

  it('is acquitted by a redrive, told of before or after the copy', () => {
    const redrive = { kind: EventKind.redriven, lane: 0, seq: 0 };
    for (const group of [0, 1]) {
      expect(
        found(
          asked(
            sent()
              .add(moved)
              .add({ ...redrive, group }),
          ),
        ).D11,
      ).toBeUndefined();
      expect(found(asked(sent().add(moved)).add({ ...redrive, group })).D11).toBeUndefined();
    }
    const again = sent()
      .add(moved)
      .add({ ...redrive, group: 0 })
      .add(moved);
    expect(found(asked(again)).D11).toBe('1');
  });

  it('is only possible for a copy that may have been on its way', () => {
    const early = sent();
    const requestedNs = early.nowNs;
    early.add(moved);
    expect(found(early.deliver(0, 0, { requestedNs })).D11).toBe('0+1');
    expect(found(sent().add(moved).deliver(0, 0)).D11).toBe('0+1');
    const inNewSession = sent().add(moved).open(consumerB).deliver(0, 0, { to: consumerB });
    expect(found(inNewSession).D11).toBe('1');
  });

  it('is only possible where nobody tells which of two copies was removed', () => {
    const resent = () => historyOf().open(consumerA).send(0, 0, 'unknown').invoke(0, 0, 2);
    expect(found(asked(resent().settled(0, 0, 'ok').add(moved))).D11).toBe('0+1');
  });

  it('is only possible after a purge where the acknowledged message could come back', () => {
    const history = asked(sent()).settle(0, 0, 'requeue').settle(0, 0);
    expect(found(asked(history.add({ kind: EventKind.purged, group: 0 }))).D11).toBe('0+1');
  });

  it('counts messages, not copies', () => {
    expect(found(asked(asked(sent().add(moved)))).D11).toBe('1');
  });
});
