import { describe, expect, it } from 'vitest';
import {
  consumerA,
  consumerB,
  findings,
  historyOf,
  judge,
  producer,
  resultOf,
  twoGroups,
} from './history-of.ts';
import { EventKind, OutcomeCode } from '../../../harness/core/events.ts';
import { plainGroup } from '../../../harness/core/facts.ts';

describe('D1 lost', () => {
  it('finds acknowledged messages that a drained group never got, by class', () => {
    const judgement = judge(historyOf().sendAll(0, 5).consume(0, 1).consume(0, 3).drained());
    expect(findings(judgement)).toEqual({ D1: '3' });
    expect(resultOf(judgement, 'D1')).toMatchObject({
      classes: { prefix: 1, middle: 1, suffix: 1 },
      exposure: 5,
    });
  });

  it('calls a lane of which nothing arrived a lost suffix', () => {
    const judgement = judge(historyOf().sendAll(0, 2).drained());
    expect(resultOf(judgement, 'D1')).toMatchObject({ classes: { suffix: 2 } });
  });

  it('finds nothing when everything acknowledged arrived', () => {
    expect(findings(judge(historyOf().sendAll(0, 1).consume(0, 0).drained()))).toEqual({});
  });

  it('does not count a message whose sends all ended unknown or refused', () => {
    const history = historyOf().send(0, 0, 'unknown').send(0, 1, 'fail').drained();
    expect(findings(judge(history))).toEqual({ D12: '1' });
  });

  it('counts a message that was acknowledged at its second attempt only', () => {
    const history = historyOf().send(0, 0, 'unknown').invoke(0, 0, 2).settled(0, 0, 'ok').drained();
    expect(findings(judge(history))).toEqual({ D1: '1' });
  });

  it('is undecided without a drain, even for a gap below an arrived message', () => {
    const history = historyOf().sendAll(0, 2).consume(0, 1);
    expect(resultOf(judge(history), 'D1')).toEqual({
      status: 'undecided',
      check: 'D1',
      reason: 'subscription 0 was not drained; 1 gap is open',
    });
  });

  it('judges each group by itself: a loss in a drained one stands', () => {
    const history = historyOf().sendAll(0, 1).consume(0, 0, { group: 1 }).drained(0);
    const judgement = judge(history, twoGroups);
    expect(resultOf(judgement, 'D1')).toMatchObject({ count: 1, exposure: 1 });
  });

  it('is undecided when the only drained group is clean', () => {
    const history = historyOf().sendAll(0, 1).consume(0, 0).drained(0);
    expect(findings(judge(history, twoGroups))).toMatchObject({ D1: 'undecided' });
  });

  it('asks a drain for what was sent before it, and tells what was sent since', () => {
    const early = historyOf().sendAll(0, 2).consume(0, 0).drained().send(0, 2);
    expect(findings(judge(early))).toEqual({ D1: '1' });
    const late = historyOf().sendAll(0, 1).consume(0, 0).drained().send(0, 1);
    expect(resultOf(judge(late), 'D1')).toMatchObject({
      status: 'undecided',
      reason: '1 message that never came was sent after the last drain',
    });
    expect(findings(judge(late.drained()))).toMatchObject({ D1: '1' });
    const came = historyOf().sendAll(0, 1).consume(0, 0).drained().send(0, 1).consume(0, 1);
    expect(findings(judge(came))).toEqual({});
  });

  it('asks a group that begins at the latest for what was sent after its first delivery', () => {
    const latest = { groups: [{ ...plainGroup, reset: 'latest' as const }] };
    const begun = (): ReturnType<typeof historyOf> =>
      historyOf().sendAll(0, 2).open(consumerA).send(0, 2).consume(0, 2).send(0, 3);
    const lost = judge(begun().drained(), latest);
    expect(resultOf(lost, 'D1')).toMatchObject({ count: 1, exposure: 1 });
    const whole = judge(begun().consume(0, 3).drained(), latest);
    expect(resultOf(whole, 'D1')).toMatchObject({ count: 0, exposure: 1 });
    const silent = historyOf().sendAll(0, 2).open(consumerA).send(0, 2).drained();
    expect(resultOf(judge(silent, latest), 'D1')).toMatchObject({ count: 1, exposure: 1 });
    expect(resultOf(judge(historyOf().sendAll(0, 2).drained(), latest), 'D1')).toMatchObject({
      count: 2,
    });
  });

  it('excuses what expired', () => {
    const history = historyOf()
      .sendAll(0, 1)
      .add({ kind: EventKind.expired, lane: 0, seq: 0 })
      .drained();
    expect(findings(judge(history))).toEqual({});
  });

  it('names culprits that the history can be searched for', () => {
    const result = resultOf(judge(historyOf().sendAll(5, 1).drained()), 'D1');
    expect(result).toMatchObject({ culprits: [{ lane: 5, seq: 0, group: 0 }] });
  });

  it('keeps exact counts and a bounded number of culprits', () => {
    const result = resultOf(judge(historyOf().sendAll(0, 500).drained()), 'D1');
    expect(result).toMatchObject({ count: 500, classes: { suffix: 500 } });
    const culprits = result.status === 'decided' ? result.culprits : [];
    const seqs = culprits.flatMap((culprit) => (culprit.about === 'message' ? [culprit.seq] : []));
    expect(seqs).toHaveLength(32);
    expect(new Set(seqs).size).toBe(32);
    expect(seqs.slice(0, 16)).toEqual([...Array(16).keys()]);
  });
});

describe('D12 unsettled loss', () => {
  it('finds sends of unknown outcome that never arrived', () => {
    const history = historyOf().send(0, 0, 'unknown').send(0, 1, 'unknown').consume(0, 1).drained();
    const judgement = judge(history);
    expect(findings(judgement)).toEqual({ D12: '1' });
    expect(resultOf(judgement, 'D12')).toMatchObject({ exposure: 2 });
    expect(judgement.counts).toMatchObject({ unknown: 2, recovered: 1 });
  });

  it('takes a send without any completion for unknown', () => {
    expect(findings(judge(historyOf().invoke(0, 0).drained()))).toEqual({ D12: '1' });
  });

  it('takes a refused send with an open repetition for unknown', () => {
    const history = historyOf().send(0, 0, 'fail').invoke(0, 0, 2).drained();
    expect(findings(judge(history))).toEqual({ D12: '1' });
    const both = historyOf().invoke(0, 0).invoke(0, 0, 2).settled(0, 0, 'fail').drained();
    expect(findings(judge(both))).toEqual({ D12: '1' });
  });

  it('finds nothing when every repetition was refused, too', () => {
    const history = historyOf().send(0, 0, 'fail').invoke(0, 0, 2).settled(0, 0, 'fail').drained();
    expect(findings(judge(history))).toEqual({});
  });

  it('does not call lost what nobody was seen to send', () => {
    const history = historyOf().send(0, 0).send(0, 40).consume(0, 0).consume(0, 40).drained();
    const judgement = judge(history);
    expect(findings(judgement)).toEqual({});
    expect(judgement.irregularities).toEqual(['lane 0 went from seq 0 to 40']);
  });

  it('is undecided without a drain', () => {
    expect(findings(judge(historyOf().invoke(0, 0)))).toMatchObject({ D12: 'undecided' });
  });
});

describe('D10 lost with its consumer', () => {
  const crashed = () => historyOf().open(consumerA).open(consumerB).sendAll(4, 2);

  it('finds what a crashed consumer held and nobody got again', () => {
    const history = crashed().deliver(4, 0).crash(consumerA).consume(4, 1, { to: consumerB });
    const judgement = judge(history.drained());
    expect(findings(judgement)).toEqual({ D10: '1' });
    expect(resultOf(judgement, 'D10')).toMatchObject({ exposure: 1 });
  });

  it('finds nothing when another consumer got it again', () => {
    const history = crashed()
      .consume(4, 1)
      .deliver(4, 0)
      .crash(consumerA)
      .consume(4, 0, { to: consumerB, redelivered: true })
      .drained();
    const judgement = judge(history);
    expect(findings(judgement)).toEqual({});
    expect(resultOf(judgement, 'D10')).toMatchObject({ exposure: 1 });
    expect(judgement.counts).toMatchObject({ redelivered: 1, flaggedRedelivered: 1 });
  });

  it('finds nothing when it was settled before the crash', () => {
    const history = crashed().consume(4, 0).consume(4, 1).crash(consumerA).drained();
    expect(findings(judge(history))).toEqual({});
  });

  it('is possible only when the acknowledgement was under way', () => {
    const history = crashed().consume(4, 1).deliver(4, 0).beginSettle(4, 0).crash(consumerA);
    expect(findings(judge(history.drained()))).toEqual({ D10: '0+1' });
  });

  it('is possible only when a rejection was under way, which may have dropped it', () => {
    const history = crashed().consume(4, 1).deliver(4, 0).beginSettle(4, 0, 'reject');
    expect(findings(judge(history.crash(consumerA).drained()))).toEqual({ D10: '0+1' });
  });

  it('is possible only when a former holder had acknowledged it, and nobody knows with what outcome', () => {
    const acknowledged = (outcome: 'unknown' | 'fail') =>
      crashed()
        .consume(4, 1)
        .deliver(4, 0, { to: consumerB })
        .settle(4, 0, 'acknowledge', outcome, { to: consumerB })
        .deliver(4, 0)
        .crash(consumerA)
        .drained();
    expect(findings(judge(acknowledged('unknown')))).toMatchObject({ D10: '0+1' });
    expect(findings(judge(acknowledged('fail')))).toMatchObject({ D10: '1' });
  });

  it('takes a session that is first seen after a crash for a new life', () => {
    const heir = { actor: consumerA.actor, session: 99 };
    const history = crashed().consume(4, 1).crash(consumerA).deliver(4, 0, { to: heir });
    expect(findings(judge(history.drained()))).toEqual({});
  });

  it('proves nothing about what was orphaned after the last drain', () => {
    const history = crashed().consume(4, 1).deliver(4, 0).drained().crash(consumerA);
    expect(findings(judge(history))).toEqual({ D10: '0+1' });
    expect(findings(judge(history.drained()))).toEqual({ D10: '1' });
  });

  it('is undecided where consumers settle by committing positions alone', () => {
    const history = crashed().deliver(4, 0).deliver(4, 1);
    const commit = { ...consumerA, group: 0, scope: 0, positionMajor: 1 };
    history.add({ kind: EventKind.offsetCommitInvoke, ...commit });
    history.add({ kind: EventKind.offsetCommitSettled, ...commit, outcome: OutcomeCode.ok });
    history.crash(consumerA).drained();
    expect(findings(judge(history, { offsets: true }))).toMatchObject({ D10: 'undecided' });
  });

  it('takes what stands before the committed position for settled', () => {
    const commit = { ...consumerA, group: 0, scope: 0, positionMajor: 1 };
    const committed = (): ReturnType<typeof crashed> =>
      crashed()
        .deliver(4, 0, { at: [0, 0] })
        .deliver(4, 1, { at: [0, 1] })
        .add({ kind: EventKind.offsetCommitInvoke, ...commit })
        .add({ kind: EventKind.offsetCommitSettled, ...commit, outcome: OutcomeCode.ok })
        .crash(consumerA);
    const facts = { offsets: true, placed: true };
    const again = committed()
      .deliver(4, 1, { at: [0, 1], to: consumerB })
      .drained();
    expect(resultOf(judge(again, facts), 'D10')).toMatchObject({ count: 0, possible: 0 });
    // What a successor commits without having got it is settled by nobody.
    const passedOver = { ...commit, ...consumerB, positionMajor: 2 };
    const skipped = committed()
      .add({ kind: EventKind.offsetCommitInvoke, ...passedOver })
      .add({ kind: EventKind.offsetCommitSettled, ...passedOver, outcome: OutcomeCode.ok });
    expect(findings(judge(skipped.drained(), facts))).toMatchObject({ D10: 'undecided' });
  });

  it('follows the last holder: the crash of an earlier one loses nothing', () => {
    const history = crashed()
      .consume(4, 1)
      .deliver(4, 0, { leaseMs: 1 })
      .wait(2e6)
      .deliver(4, 0, { to: consumerB, redelivered: true })
      .crash(consumerA)
      .settle(4, 0, 'acknowledge', 'ok', { to: consumerB })
      .drained();
    expect(findings(judge(history, { leased: true }))).toEqual({});
  });

  it('counts what the victim took between the note of its crash and its end', () => {
    const history = crashed().consume(4, 1).crash(consumerA).deliver(4, 0).drained();
    expect(findings(judge(history))).toEqual({ D10: '1' });
  });

  it('takes finished processing for the settlement where nothing settles', () => {
    const history = crashed()
      .deliver(4, 0)
      .processed(4, 0)
      .deliver(4, 1)
      .crash(consumerA)
      .drained();
    expect(findings(judge(history, { consumption: 'automatic' }))).toEqual({ D10: '1' });
  });

  it('does not blame a consumer that left in good order, nor a producer that crashed', () => {
    const left = crashed().consume(4, 1).deliver(4, 0).close(consumerA).drained();
    expect(findings(judge(left))).toEqual({});
    const other = crashed().consume(4, 1).deliver(4, 0).crash({ actor: producer }).drained();
    expect(findings(judge(other))).toEqual({});
  });

  it('is undecided without a drain', () => {
    const history = crashed().deliver(4, 0).crash(consumerA);
    expect(findings(judge(history))).toMatchObject({ D10: 'undecided' });
  });

  it('loses nothing to a crash after an acknowledgement without reply was sent', () => {
    const history = crashed()
      .deliver(4, 0)
      .beginSettle(4, 0)
      .deliver(4, 1)
      .beginSettle(4, 1)
      .crash(consumerA)
      .drained();
    const judgement = judge(history, { ackReply: 'none' });
    expect(findings(judgement)).toEqual({ D6: 'undecided' });
  });
});
