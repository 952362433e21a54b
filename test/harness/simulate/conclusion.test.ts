import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../harness/core/exit-codes.ts';
import { conclusionOf, exitCodeOf } from '../../../harness/simulate/conclusion.ts';
import type { SimulateReport, Violation } from '../../../harness/simulate/simulate.ts';

const quiet: SimulateReport = {
  seeds: 1000,
  faults: 'all',
  events: 1,
  steps: 1,
  messages: 1,
  judged: 900,
  violations: [],
  doubts: [],
  smallest: undefined,
  marks: { 'the broker was killed': 3 },
  unclaimed: [],
};
const violation: Violation = {
  seed: 1,
  profile: 'p',
  accusation: { kind: 'shown', found: [{ check: 'D10', count: 1 }] },
};
const stuck: Violation = { ...violation, accusation: { kind: 'stuck', because: 'of it' } };

function codeOf(report: Partial<SimulateReport>, broken?: string): ExitCode {
  return exitCodeOf(conclusionOf({ ...quiet, ...report }, broken));
}

describe('what a simulation amounts to', () => {
  it('is a promise kept, or a violation', () => {
    expect(codeOf({})).toBe(ExitCode.kept);
    expect(codeOf({ violations: [violation] })).toBe(ExitCode.violated);
    expect(codeOf({ violations: [stuck] })).toBe(ExitCode.violated);
  });

  it('is the other way round for a rule that is broken on purpose', () => {
    expect(codeOf({ violations: [violation] }, 'rule')).toBe(ExitCode.kept);
    expect(codeOf({}, 'rule')).toBe(ExitCode.inconclusive);
  });

  it('tells by what a broken rule was found, each once and in order', () => {
    const d2 = { check: 'D2', count: 4 } as const;
    const other = { ...violation, accusation: { kind: 'shown', found: [d2] } } as const;
    expect(conclusionOf({ ...quiet, violations: [violation, stuck, other, other] }, 'r')).toEqual({
      kind: 'found',
      rule: 'r',
      by: ['D2', 'D10', 'stuck'],
    });
  });

  it('is nothing when a seed could not be judged, and a violation is one all the same', () => {
    const doubts = [
      { seed: 7, because: 'check D1 broke: oh' },
      { seed: 8, because: 'check D2 broke' },
    ];
    expect(codeOf({ doubts })).toBe(ExitCode.inconclusive);
    expect(conclusionOf({ ...quiet, doubts }, undefined)).toMatchObject({
      because: '2 seeds could not be judged, seed 7 because check D1 broke: oh',
    });
    expect(codeOf({ doubts, violations: [violation] })).toBe(ExitCode.violated);
    expect(codeOf({ doubts }, 'rule')).toBe(ExitCode.inconclusive);
  });

  it('is nothing when no seed was judged', () => {
    expect(codeOf({ judged: 0 })).toBe(ExitCode.inconclusive);
  });

  it('is nothing when something never happened that a thousand seeds must see', () => {
    const marks = { 'the broker was killed': 3, 'a producer died': 0 };
    expect(codeOf({ marks })).toBe(ExitCode.inconclusive);
    expect(conclusionOf({ ...quiet, marks }, undefined)).toMatchObject({
      because: 'never happened: a producer died',
    });
    expect(codeOf({ marks, seeds: 999 })).toBe(ExitCode.kept);
    expect(codeOf({ marks, faults: 'some' })).toBe(ExitCode.kept);
  });
});
