import { describe, expect, it } from 'vitest';
import { DeadLetterCause, EventKind } from '../../../../harness/core/events.ts';
import { plainGroup } from '../../../../harness/core/facts.ts';
import { consumerA, findings, historyOf, judge } from '../history-of.ts';

const withDeadLetters = {
  groups: [
    { ...plainGroup, attempts: 3, deadLetter: 1 },
    { role: 'dead-letter', of: 0 } as const,
    plainGroup,
  ],
};

const moved = { kind: EventKind.deadLettered, detail: DeadLetterCause.rejected };

describe('what a group need not have', () => {
  const sent = () => historyOf().open(consumerA).sendAll(0, 1).consume(0, 0, { group: 2 });
  const drained = (history: ReturnType<typeof sent>) => history.drained(0).drained(1).drained(2);

  it('is what was moved to its dead letters', () => {
    const history = sent().add({ ...moved, group: 0, lane: 0, seq: 0 });
    expect(findings(judge(drained(history), withDeadLetters)).D1).toBeUndefined();
  });

  it('is what arrived among its dead letters, though nobody told of the move', () => {
    const history = sent().deliver(0, 0, { group: 1 });
    expect(findings(judge(drained(history), withDeadLetters)).D1).toBeUndefined();
  });

  it('is not what another group moved to its dead letters', () => {
    const history = historyOf()
      .open(consumerA)
      .sendAll(0, 1)
      .consume(0, 0)
      .add({ ...moved, group: 0, lane: 0, seq: 0 });
    expect(findings(judge(drained(history), withDeadLetters))).toMatchObject({ D1: '1' });
  });

  it('is what expired here, or everywhere, and not what expired elsewhere', () => {
    const expired = { kind: EventKind.expired, lane: 0, seq: 0 };
    expect(findings(judge(drained(sent().add({ ...expired, group: 0 })), withDeadLetters)).D1).toBe(
      undefined,
    );
    expect(findings(judge(drained(sent().add(expired)), withDeadLetters)).D1).toBeUndefined();
    const elsewhere = drained(sent().add({ ...expired, group: 2 }));
    expect(findings(judge(elsewhere, withDeadLetters))).toMatchObject({ D1: '1' });
  });

  it('is what a purge found there, and not what was sent after it', () => {
    const history = sent()
      .add({ kind: EventKind.purged, group: 0 })
      .send(0, 1)
      .consume(0, 1, { group: 2 });
    expect(findings(judge(drained(history), withDeadLetters))).toMatchObject({ D1: '1' });
  });

  it('is not what was moved back from the dead letters, whichever of the two groups is named', () => {
    for (const group of [0, 1]) {
      const history = sent()
        .add({ ...moved, group: 0, lane: 0, seq: 0 })
        .add({ kind: EventKind.redriven, group, lane: 0, seq: 0 });
      expect(findings(judge(drained(history), withDeadLetters))).toMatchObject({ D1: '1' });
    }
  });

  it('is nothing that a consumer lost with its crash either', () => {
    const history = sent()
      .deliver(0, 0)
      .crash(consumerA)
      .add({ ...moved, group: 0, lane: 0, seq: 0 });
    expect(findings(judge(drained(history), withDeadLetters)).D10).toBeUndefined();
  });
});
