import { describe, expect, it } from 'vitest';
import { noLane } from '../../../harness/core/events.ts';
import { consumerA, findings, historyOf, judge, resultOf, twoGroups } from './history-of.ts';

describe('D7 phantom', () => {
  it('finds a message of a lane that nobody owns, and allocates nothing for it', () => {
    const history = historyOf().sendAll(0, 1).consume(0, 0).deliver(77, 4_000_000_000).drained();
    const result = resultOf(judge(history), 'D7');
    expect(result).toMatchObject({ count: 1, classes: { 'unknown-lane': 1 }, exposure: 2 });
    expect(findings(judge(history))).toEqual({ D7: '1' });
  });

  it('finds a seq that its lane never reached', () => {
    const history = historyOf().sendAll(0, 1).consume(0, 0).deliver(0, 1).deliver(0, 900_000);
    expect(resultOf(judge(history.drained()), 'D7')).toMatchObject({
      count: 2,
      classes: { 'beyond-lane': 2 },
    });
  });

  it('finds a message of another run', () => {
    const history = historyOf()
      .sendAll(0, 1)
      .consume(0, 0)
      .corrupt(noLane, 0, 'foreignRun')
      .drained();
    expect(findings(judge(history))).toEqual({ D7: '1' });
  });

  it('does not let a foreign copy stand for our own', () => {
    const history = historyOf().sendAll(0, 1).corrupt(0, 0, 'foreignRun').drained();
    expect(findings(judge(history))).toEqual({ D1: '1', D7: '1' });
  });

  it('calls a message that was sent after it arrived irregular instead', () => {
    const history = historyOf().deliver(0, 0).send(0, 0).drained();
    const judgement = judge(history);
    expect(findings(judgement)).toEqual({});
    expect(judgement.irregularities).toEqual(['0:0 arrived before it was sent']);
  });

  it('does not call the last sent message a phantom', () => {
    expect(findings(judge(historyOf().sendAll(0, 33).consume(0, 32)))).not.toHaveProperty('D7');
  });
});

describe('D8 ghost', () => {
  it('finds a delivered message whose every send was refused', () => {
    const history = historyOf().send(0, 0, 'fail').consume(0, 0).drained();
    const judgement = judge(history);
    expect(findings(judgement)).toEqual({ D8: '1' });
    expect(resultOf(judgement, 'D8')).toMatchObject({ exposure: 1 });
  });

  it('counts a message once, in however many groups it arrived', () => {
    const history = historyOf()
      .send(0, 0, 'fail')
      .consume(0, 0)
      .consume(0, 0, { group: 1 })
      .drained(0)
      .drained(1);
    expect(findings(judge(history, twoGroups))).toEqual({ D8: '1' });
  });

  it('finds nothing when the refused message did not arrive', () => {
    const judgement = judge(historyOf().send(0, 0, 'fail').drained());
    expect(findings(judgement)).toEqual({});
    expect(judgement.counts).toMatchObject({ failed: 1 });
  });

  it.each(['ok', 'unknown'] as const)('is no ghost when another attempt ended %s', (outcome) => {
    const history = historyOf()
      .send(0, 0, 'fail')
      .invoke(0, 0, 2)
      .settled(0, 0, outcome)
      .consume(0, 0)
      .drained();
    expect(findings(judge(history))).toEqual({});
  });

  it('is no ghost while another attempt has no outcome', () => {
    const history = historyOf().send(0, 0, 'fail').invoke(0, 0, 2).consume(0, 0).drained();
    expect(findings(judge(history))).toEqual({});
  });
});

describe('D9 corrupted', () => {
  it.each(['header', 'checksum', 'length', 'body'] as const)('finds a broken %s', (part) => {
    const history = historyOf().sendAll(0, 1).consume(0, 0).corrupt(noLane, 0, part).drained();
    const judgement = judge(history);
    expect(findings(judgement)).toEqual({ D9: '1' });
    expect(resultOf(judgement, 'D9')).toMatchObject({ classes: { [part]: 1 }, exposure: 2 });
  });

  it('does not call a damaged message of believable identity lost as well', () => {
    const history = historyOf().sendAll(0, 1).corrupt(0, 0, 'body').consume(0, 0).drained();
    const judgement = judge(history);
    expect(findings(judgement)).toEqual({ D9: '1' });
    expect(resultOf(judgement, 'D9')).toMatchObject({ exposure: 1 });
  });

  it('calls it lost when nobody can tell which one it was', () => {
    const history = historyOf().sendAll(0, 1).corrupt(noLane, 0, 'header').drained();
    expect(findings(judge(history))).toEqual({ D1: '1', D9: '1' });
  });

  it('finds nothing in intact copies', () => {
    expect(findings(judge(historyOf().sendAll(0, 1).consume(0, 0).drained()))).toEqual({});
  });
});

describe('counts', () => {
  it('tell messages from copies', () => {
    const history = historyOf()
      .open(consumerA)
      .sendAll(0, 2)
      .send(0, 2, 'fail')
      .send(0, 3, 'unknown')
      .invoke(0, 3, 2)
      .consume(0, 0)
      .deliver(0, 1)
      .settle(0, 1, 'requeue')
      .deliver(0, 1, { redelivered: true })
      .processed(0, 1)
      .settle(0, 1)
      .deliver(0, 3)
      .drained();
    expect(judge(history).counts).toEqual({
      sent: 4,
      acknowledged: 2,
      failed: 1,
      unknown: 1,
      resent: 1,
      delivered: 4,
      distinctDelivered: 3,
      redelivered: 1,
      flaggedRedelivered: 1,
      settled: 2,
      processed: 1,
      recovered: 1,
    });
  });
});
