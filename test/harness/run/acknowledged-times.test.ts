import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcknowledgedTimes } from '../../../harness/run/acknowledged-times.ts';

const ms = 1e6;

function at(...timesMs: readonly number[]): AcknowledgedTimes {
  const times = new AcknowledgedTimes();
  for (const timeMs of timesMs) times.add(timeMs * ms);
  return times;
}

describe('the longest time without an acknowledgement', () => {
  it('is the longest that ended with one', () => {
    expect(at(0, 10, 400, 420).longestGapNs(0, 1_000 * ms)).toBe(390 * ms);
  });

  it('counts from the fault on only, and not when it was over before or began after', () => {
    const times = at(0, 300, 310, 900);
    expect(times.longestGapNs(100 * ms, 300 * ms)).toBe(200 * ms);
    expect(times.longestGapNs(900 * ms, 950 * ms)).toBe(0);
    expect(times.longestGapNs(320 * ms, 1_000 * ms)).toBe(580 * ms);
  });

  it('is nothing where sends were acknowledged all the time, or never', () => {
    expect(at(1, 2, 3, 4).longestGapNs(0, 10 * ms)).toBe(0);
    expect(at().longestGapNs(0, 10 * ms)).toBe(0);
  });

  it('goes on as long as sends end in other ways', () => {
    const times = at(0, 100);
    times.addOther(60 * ms);
    expect(times.longestGapNs(150 * ms, 1_000 * ms)).toBe(0);
    times.addOther(700 * ms);
    expect(times.longestGapNs(150 * ms, 1_000 * ms)).toBe(550 * ms);
    times.add(900 * ms);
    expect(times.longestGapNs(0, 1_000 * ms)).toBe(800 * ms);
  });

  it('is no longer for acknowledgements that are told of late', () => {
    expect(at(0, 100, 50, 120).longestGapNs(0, 200 * ms)).toBe(100 * ms);
  });

  it('is found among more gaps than are remembered', () => {
    const gapsMs = fc.array(fc.integer({ min: 5, max: 50 }), {
      minLength: 5_000,
      maxLength: 5_200,
    });
    fc.assert(
      fc.property(gapsMs, (gaps) => {
        const times = new AcknowledgedTimes();
        let nowMs = 0;
        times.add(0);
        for (const gapMs of gaps) {
          nowMs += gapMs;
          times.add(nowMs * ms);
        }
        expect(times.longestGapNs(0, nowMs * ms)).toBe(Math.max(...gaps) * ms);
      }),
      { numRuns: 20 },
    );
  });
});
