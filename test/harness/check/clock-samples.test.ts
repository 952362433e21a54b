import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../harness/core/events.ts';
import { historyOf, judge } from './history-of.ts';

const second = 1e9;

/** Readings of a second clock: when, and what it showed, in seconds. */
function irregularities(...readings: readonly (readonly [at: number, shown: number])[]) {
  const history = historyOf();
  for (const [at, shown] of readings) {
    history.nowNs = at * second;
    history.add({ kind: EventKind.clockSample, actor: 1, auxNs: shown * second });
  }
  return judge(history).irregularities;
}

describe('two clocks', () => {
  it('may be read one after the other, and drift apart by a thousandth', () => {
    expect(irregularities([1, 500], [2, 501.05], [100, 599.1], [101, 600.1])).toEqual([]);
  });

  it('that part at once have been stepped', () => {
    expect(irregularities([1, 500], [2, 501.06])).toEqual([
      'a clock was stepped by 60 ms between 1.000 s and 2.000 s',
    ]);
    expect(irregularities([1, 500], [2, 440])).toHaveLength(1);
  });

  it('that part in many small steps have been stepped as well', () => {
    expect(irregularities([1, 500], [2, 501.04], [3, 502.08])).toEqual([
      'a clock was stepped by 80 ms between 1.000 s and 3.000 s',
    ]);
  });
});
