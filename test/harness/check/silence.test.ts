import { describe, expect, it } from 'vitest';
import { Silence } from '../../../harness/check/silence.ts';
import { type HistoryBuilder, historyOf, judge, producer } from './history-of.ts';

const ms = 1e6;

function longestMs(history: HistoryBuilder): number {
  const silence = new Silence();
  for (const event of history.events) silence.fold(event);
  return Math.floor(silence.longestNs / ms);
}

describe('the longest gap between acknowledgements', () => {
  it('is the time from one acknowledgement to the next while something was unanswered', () => {
    const history = historyOf()
      .invoke(0, 0)
      .invoke(0, 1)
      .settled(0, 0, 'ok')
      .wait(40 * ms);
    expect(longestMs(history.settled(0, 1, 'ok'))).toBe(40);
  });

  it('begins with the first send after everything was answered, not with the last answer', () => {
    const history = historyOf()
      .send(0, 0)
      .wait(900 * ms)
      .invoke(0, 1)
      .wait(7 * ms);
    expect(longestMs(history.settled(0, 1, 'ok'))).toBe(7);
  });

  it('is not ended by a refusal or an unknown outcome', () => {
    const history = historyOf()
      .send(0, 0)
      .invoke(0, 1)
      .wait(30 * ms)
      .settled(0, 1, 'unknown')
      .wait(30 * ms)
      .send(0, 2, 'fail')
      .invoke(0, 3)
      .wait(30 * ms);
    expect(longestMs(history.settled(0, 3, 'ok'))).toBe(90);
  });

  it('lasts to the last that a producer did when no acknowledgement comes any more', () => {
    const history = historyOf()
      .send(0, 0)
      .invoke(0, 1)
      .wait(50 * ms)
      .settled(0, 1, 'unknown');
    expect(longestMs(history.wait(500 * ms).drained())).toBe(50);
  });

  it('goes not on when the producer is killed', () => {
    const history = historyOf()
      .invoke(0, 0)
      .crash({ actor: producer })
      .wait(80 * ms);
    expect(longestMs(history.send(0, 1))).toBe(0);
  });

  it('is not known of a history in which nothing was acknowledged', () => {
    const unanswered = historyOf()
      .send(0, 0, 'unknown')
      .wait(20 * ms)
      .send(0, 1, 'unknown');
    expect(judge(unanswered.drained()).longestGapNs).toBeNull();
    expect(judge(historyOf().sendAll(0, 2).drained()).longestGapNs).toBe(1_000);
  });
});
