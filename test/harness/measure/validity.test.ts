import { describe, expect, it } from 'vitest';
import { judgeValidity, type ValidityInput } from '../../../harness/measure/validity.ts';
import type { DistributionRecord } from '../../../harness/record/schema.ts';

function latency(p99Ms: number, count = 20_000): DistributionRecord {
  const p99Ns = p99Ms * 1e6;
  return {
    count,
    meanNs: 0,
    p50Ns: 0,
    p90Ns: 0,
    p99Ns,
    p999Ns: p99Ns,
    maxNs: p99Ns,
    hdr: '',
  };
}

const good: ValidityInput = {
  targetRatePerSecond: 1_000,
  achievedRatePerSecond: 995,
  lateness: latency(1.9),
  publishResponse: latency(4),
  endToEndResponse: latency(6),
  dropped: 0,
  warmUp: undefined,
  drained: true,
  clientBusyShare: 0.9,
  harnessCpuShare: 0.1,
};

function reasonsOf(changes: Partial<ValidityInput>): readonly string[] {
  const validity = judgeValidity({ ...good, ...changes });
  return validity.status === 'valid' ? [] : validity.reasons;
}

describe('the figures of a cell', () => {
  it('are valid when nothing speaks against them, also at the very limits', () => {
    expect(reasonsOf({})).toEqual([]);
    expect(reasonsOf({ lateness: latency(2), achievedRatePerSecond: 990 })).toEqual([]);
    expect(reasonsOf({ harnessCpuShare: 0.15 })).toEqual([]);
  });

  it('are invalid when the generator was late by more than 2 ms and a quarter of the reported p99', () => {
    expect(reasonsOf({ lateness: latency(2.1) })).toEqual([
      'the generator was late: p99 2.10 ms, allowed 2.00 ms',
    ]);
    expect(reasonsOf({ lateness: latency(2.1), publishResponse: latency(9) })).toEqual([]);
    expect(reasonsOf({ lateness: latency(3), publishResponse: latency(9) })).toHaveLength(1);
  });

  it.each([
    ['the rate was missed', { achievedRatePerSecond: 989 }, /achieved 989 of 1,000/],
    ['p99.9 has too few samples', { publishResponse: latency(4, 9_999) }, /p99\.9 \(10,000\)/],
    [
      'p99 has too few samples',
      { endToEndResponse: latency(4, 999) },
      /end-to-end .* p99 \(1,000\)/,
    ],
    ['the drain did not complete', { drained: false }, /drain/],
    ['the client was saturated', { clientBusyShare: 0.91 }, /^driver-limited: .* 91 % of a core/],
    ['the harness took too much CPU', { harnessCpuShare: 0.16 }, /16 % of all cores/],
    ['it never got steady', { warmUp: { steady: false, messages: 500 } }, /not steady after 500/],
    ['sends were dropped', { dropped: 3 }, /3 overdue sends/],
  ])('are invalid when %s', (_what, changes, reason) => {
    expect(reasonsOf(changes)).toEqual([expect.stringMatching(reason)]);
  });

  it('need no publish latency where sends get no answer, and no rate in a closed loop', () => {
    expect(reasonsOf({ publishResponse: undefined, targetRatePerSecond: 0 })).toEqual([]);
    expect(reasonsOf({ publishResponse: undefined, lateness: latency(2.1) })).toHaveLength(1);
  });

  it('name every reason at once', () => {
    expect(reasonsOf({ drained: false, dropped: 1, achievedRatePerSecond: 0 })).toHaveLength(3);
  });
});

describe('where sends left late', () => {
  const spread = (p50Ms: number, p90Ms: number, p99Ms: number): DistributionRecord => ({
    ...latency(p99Ms),
    p50Ns: p50Ms * 1e6,
    p90Ns: p90Ms * 1e6,
  });
  const held: Partial<ValidityInput> = {
    lateness: spread(0.9, 3.8, 11),
    publishResponse: spread(6.4, 15, 24),
    endToEndResponse: spread(8.8, 28, 40),
  };
  const middle = (changes: Partial<ValidityInput>): boolean | undefined => {
    const validity = judgeValidity({ ...good, ...held, ...changes });
    return validity.status === 'invalid' ? validity.middleStands : undefined;
  };

  it('the middle stands where the middle send was in time', () => {
    expect(middle({})).toBe(true);
    expect(middle({ publishResponse: undefined })).toBe(true);
  });

  it.each([
    ['the middle send was late itself', { lateness: spread(1.7, 3.8, 11) }],
    [
      'more than one send of ten was late by more than the middle took',
      { lateness: spread(0.9, 6.5, 11) },
    ],
    [
      'the middle of one of the two latencies is too short for it',
      { endToEndResponse: spread(3, 28, 40) },
    ],
    ['the rate was missed, too', { achievedRatePerSecond: 900 }],
    ['the drain did not complete, too', { drained: false }],
    ['the client was saturated', { clientBusyShare: 0.95 }],
    ['the harness took the machine', { harnessCpuShare: 0.2 }],
    ['sends were left out', { dropped: 1 }],
  ] satisfies [string, Partial<ValidityInput>][])('nothing stands where %s', (_why, changes) => {
    expect(middle(changes)).toBe(false);
  });

  it('everything stands where the tail is as long', () => {
    expect(middle({ publishResponse: spread(6.4, 15, 44) })).toBeUndefined();
  });
});
