import { describe, expect, it } from 'vitest';
import { rootsOf } from '../../../../harness/core/anomalies.ts';
import { DeadLetterCause, EventKind } from '../../../../harness/core/events.ts';
import {
  type CellFacts,
  defaultBounds,
  type GroupFacts,
  plainGroup,
} from '../../../../harness/core/facts.ts';
import {
  consumerA,
  consumerB,
  findings,
  type HistoryBuilder,
  historyOf,
  judge,
  resultOf,
} from '../history-of.ts';
import { idsFound } from '../judge-lines.ts';

const limited = (attempts: number, deadLetter: number): GroupFacts => ({
  role: 'subscription',
  reset: 'unknown',
  attempts,
  deadLetter,
  requeueTo: 'any',
  filtered: false,
});
const dlq: Partial<CellFacts> = { groups: [limited(2, 1), { role: 'dead-letter', of: 0 }] };
const noDlq: Partial<CellFacts> = { groups: [limited(2, -1)] };

const started = () => historyOf().open(consumerA).sendAll(0, 1);
const failed = (history: HistoryBuilder, attempt = 0) =>
  history.deliver(0, 0, { attempt }).settle(0, 0, 'requeue');
const moved = (history: HistoryBuilder, cause: keyof typeof DeadLetterCause, attempt = 0) =>
  history.add({
    kind: EventKind.deadLettered,
    group: 0,
    lane: 0,
    seq: 0,
    detail: DeadLetterCause[cause],
    attempt,
  });
const arrived = (history: HistoryBuilder) =>
  history.consume(0, 0, { group: 1, to: { actor: 9, session: 90 } });
const judged = (history: HistoryBuilder, facts = dlq) =>
  findings(judge(history.drained(0).drained(1), facts));

describe('Q1 lost instead of dead-lettered', () => {
  it('finds a message that failed as often as allowed and is in neither place', () => {
    expect(judged(failed(failed(started())))).toEqual({ Q1: '1' });
  });

  it('goes by the broker’s number of the delivery where it gives one', () => {
    expect(judged(failed(started(), 2))).toEqual({ Q1: '1' });
    expect(judged(failed(failed(started(), 1), 1)).Q1).toBeUndefined();
  });

  it('is the root of a message that was lost with its last consumer', () => {
    const history = failed(started()).deliver(0, 0).crash(consumerA).drained(0).drained(1);
    expect(rootsOf(idsFound(judge(history, dlq)))).toEqual(['Q1']);
  });

  it('finds nothing in what arrived, was settled or failed less often', () => {
    expect(judged(arrived(failed(failed(started()))))).toEqual({});
    expect(judged(failed(started()).consume(0, 0))).toEqual({});
    expect(judged(failed(started())).Q1).toBeUndefined();
  });

  it('takes the broker at its word that a message was moved until the dead letters are drained without it', () => {
    const said = () => moved(failed(failed(started())), 'attempts');
    expect(judged(said())).toEqual({ Q1: '1' });
    expect(judged(arrived(said()))).toEqual({});
    expect(findings(judge(said().drained(0), dlq))).toEqual({});
    const since = moved(failed(failed(started())).drained(1), 'attempts').drained(0);
    expect(findings(judge(since, dlq))).toEqual({});
  });

  it('calls it possible where an acknowledgement may have been applied, or a second copy been settled', () => {
    const trying = failed(started()).deliver(0, 0).beginSettle(0, 0).crash(consumerA);
    expect(judged(trying)).toMatchObject({ Q1: '0+1' });
    const refused = failed(started()).deliver(0, 0).settle(0, 0, 'acknowledge', 'fail');
    expect(judged(refused)).toEqual({ Q1: '1' });
    const resent = historyOf().open(consumerA).send(0, 0, 'unknown').invoke(0, 0, 2);
    expect(judged(failed(failed(resent.settled(0, 0, 'ok'))))).toMatchObject({ Q1: '0+1' });
  });

  it('counts anew after the message was moved back', () => {
    const back = moved(failed(failed(started())), 'attempts').add({
      kind: EventKind.redriven,
      group: 0,
      lane: 0,
      seq: 0,
    });
    expect(judged(back).Q1).toBeUndefined();
  });

  it('is undecided while the dead letters are not drained', () => {
    const judgement = judge(failed(failed(started())).drained(0), dlq);
    expect(resultOf(judgement, 'Q1').status).toBe('undecided');
  });
});

describe('Q7 dropped at the delivery limit', () => {
  it('finds what Q1 finds where nobody reads dead letters', () => {
    expect(judged(failed(failed(started())), noDlq)).toEqual({ Q7: '1' });
    expect(judged(failed(started()).consume(0, 0), noDlq)).toEqual({});
  });

  it('calls it possible where a consumer asked for the drop', () => {
    const rejected = failed(started()).deliver(0, 0).settle(0, 0, 'reject');
    expect(judged(rejected, noDlq).Q7).toBe('0+1');
    const before = failed(started()).deliver(0, 0).settle(0, 0, 'reject');
    expect(judged(before).Q1).toBe('1');
  });

  it('does not apply where there are dead letters, nor Q1 where there are none', () => {
    expect(resultOf(judge(historyOf(), dlq), 'Q7').status).toBe('inapplicable');
    expect(resultOf(judge(historyOf(), noDlq), 'Q1').status).toBe('inapplicable');
    expect(resultOf(judge(historyOf(), { groups: [plainGroup] }), 'Q7').status).toBe(
      'inapplicable',
    );
  });
});

describe('Q2 dead-lettered and settled', () => {
  it('finds a message that was acknowledged and is among the dead letters, in either order', () => {
    expect(judged(arrived(started().consume(0, 0)))).toEqual({ Q2: '1' });
    expect(judged(arrived(started().deliver(0, 0)).settle(0, 0))).toEqual({ Q2: '1' });
  });

  it('calls it possible where the acknowledgement came from somebody who had lost it', () => {
    const late = failed(started()).deliver(0, 0, { to: consumerB });
    expect(judged(arrived(late).settle(0, 0))).toEqual({ Q2: '0+1' });
    const leased = started().deliver(0, 0, { leaseMs: 1 }).wait(2e6);
    expect(judged(arrived(leased).settle(0, 0)).Q2).toBe('0+1');
  });

  it('calls it possible where one session has it twice, and settles nobody knows which copy', () => {
    const twice = started().deliver(0, 0, { leaseMs: 1 }).wait(2e6).deliver(0, 0, { leaseMs: 900 });
    expect(judged(arrived(twice).settle(0, 0)).Q2).toBe('0+1');
  });

  it('calls it possible after a redrive, and finds nothing where nobody acknowledged', () => {
    const back = moved(started(), 'rejected').add({
      kind: EventKind.redriven,
      group: 0,
      lane: 0,
      seq: 0,
    });
    expect(judged(arrived(back).consume(0, 0)).Q2).toBe('0+1');
    expect(judged(arrived(failed(failed(started()))))).toEqual({});
  });

  it('does not know whose dead letters they are where two groups share them', () => {
    const shared = {
      groups: [limited(2, 2), limited(2, 2), { role: 'dead-letter', of: 0 } as const],
    };
    const history = started().consume(0, 0).consume(0, 0, { group: 1 }).deliver(0, 0, { group: 2 });
    expect(findings(judge(history.drained(0).drained(1).drained(2), shared))).toEqual({
      Q2: '0+2',
    });
  });
});

describe('Q3 another number of attempts than the limit', () => {
  it('finds early and late ones by the broker’s number', () => {
    const early = judge(arrived(moved(failed(started(), 1), 'attempts', 1)), dlq);
    expect(resultOf(early, 'Q3')).toMatchObject({ classes: { early: 1 }, exposure: 1 });
    const late = judge(failed(failed(failed(started(), 1), 2), 3), dlq);
    expect(resultOf(late, 'Q3')).toMatchObject({ classes: { late: 1 } });
    expect(judged(arrived(moved(failed(failed(started(), 1), 2), 'attempts', 2)))).toEqual({});
  });

  it('counts deliveries where the broker does not', () => {
    expect(judged(arrived(moved(failed(started()), 'attempts')))).toEqual({ Q3: '1' });
    expect(judged(arrived(failed(failed(failed(started())))))).toEqual({ Q3: '1' });
    expect(judged(arrived(moved(failed(failed(started())), 'attempts')))).toEqual({});
  });

  it('calls a counted number possible where a delivery may have been lost or need not count', () => {
    const lost = failed(started().open(consumerB)).close(consumerB);
    expect(judged(arrived(moved(lost, 'attempts')))).toEqual({ Q3: '0+1' });
    const uncounted = started()
      .deliver(0, 0)
      .close(consumerA)
      .open({ ...consumerA, session: 21 });
    expect(judged(arrived(failed(failed(uncounted)))).Q3).toBe('0+1');
    const fault = failed(started().add({ kind: EventKind.faultStarted }));
    expect(judged(arrived(moved(fault, 'attempts')))).toEqual({ Q3: '0+1' });
  });

  it('has nothing to say of other causes', () => {
    expect(judged(arrived(moved(failed(started()), 'rejected')))).toEqual({});
  });
});

describe('Q4 dead letter without its reason', () => {
  it('finds what was moved for no reason given', () => {
    expect(judged(arrived(moved(started(), 'missing')))).toEqual({ Q4: '1' });
    expect(judged(arrived(moved(started(), 'expired')))).toEqual({});
  });
});

describe('Q6 poison message blocks its scope', () => {
  const facts = { ...dlq, bounds: { ...defaultBounds, poisonMs: 10, recoveryMs: 20 } };
  const waiting = () => historyOf().open(consumerA).send(0, 0).send(1, 0);
  const again = (history: HistoryBuilder) => failed(history.wait(12e6), 0);
  const found = (history: HistoryBuilder) => findings(judge(history, facts)).Q6;

  it('finds one message that is all that comes, while a confirmed one waits', () => {
    expect(found(again(failed(waiting())))).toBe('1');
    expect(found(again(again(failed(waiting()))))).toBe('1');
  });

  it('finds nothing while others come, nothing waits, or the bound is kept', () => {
    expect(found(again(failed(waiting()).consume(1, 0)))).toBeUndefined();
    expect(found(again(failed(started())))).toBeUndefined();
    expect(found(failed(failed(waiting())))).toBeUndefined();
  });

  it('does not count the time of a fault and of the recovery after it, nor that before a crash', () => {
    const fault = failed(waiting()).add({ kind: EventKind.faultStarted });
    expect(found(again(fault.add({ kind: EventKind.faultStopped })))).toBeUndefined();
    expect(found(again(failed(waiting()).wait(12e6).crash(consumerA)))).toBe('1');
    const crashed = failed(waiting()).wait(12e6).crash(consumerA).open(consumerA);
    expect(found(failed(crashed))).toBeUndefined();
  });
});
