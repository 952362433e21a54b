import { describe, expect, it } from 'vitest';
import { readClocks } from '../../../harness/run/two-clocks.ts';

const epochMs = 1_700_000_000_000;

/** A machine on which each reading of a clock takes a microsecond, and some a stall more. */
function readOn(stallsNs: (reading: number) => number) {
  let nowNs = 5_000_000;
  let readings = 0;
  const clock = {
    nowNs: () => {
      nowNs += 1_000 + stallsNs(readings++);
      return nowNs;
    },
  };
  const same = readClocks(clock, () => new Date(epochMs + Math.floor(nowNs / 1e6)));
  return { ...same, errorNs: (same.wallMs - epochMs) * 1e6 - same.monotonicNs, readings };
}

describe('one instant on two clocks', () => {
  it('is read once where nothing comes between', () => {
    const { errorNs, uncertainNs, readings } = readOn(() => 0);
    expect(readings).toBe(2);
    expect(Math.abs(errorNs)).toBeLessThanOrEqual(uncertainNs);
    expect(uncertainNs).toBeLessThan(1e6);
  });

  it('is read again when the machine stood still between them', () => {
    const { errorNs, uncertainNs, readings } = readOn((reading) => (reading < 6 ? 300e6 : 0));
    expect(readings).toBe(8);
    expect(Math.abs(errorNs)).toBeLessThanOrEqual(uncertainNs);
    expect(uncertainNs).toBeLessThan(1e6);
  });

  it('is uncertain by what came between where something always does, and never for good', () => {
    const { errorNs, uncertainNs, readings } = readOn((reading) => (reading % 2) * 200e6);
    expect(readings).toBe(100);
    expect(uncertainNs).toBeGreaterThan(100e6);
    expect(Math.abs(errorNs)).toBeLessThanOrEqual(uncertainNs);
  });
});
