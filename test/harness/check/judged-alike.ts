import { expect } from 'vitest';
import type { CheckResult } from '../../../harness/check/check.ts';
import type { Judgement } from '../../../harness/check/judge.ts';

type Judged = Pick<Judgement, 'results' | 'counts' | 'irregularities'>;

/** A run takes the room of one send in what these remember, so that they are left in doubt less often. */
const bounded: ReadonlySet<string> = new Set(['O5', 'O6']);

function told(results: readonly CheckResult[]): readonly CheckResult[] {
  return results.filter(({ check }) => !bounded.has(check));
}

/** That runs were judged as their events are one after the other. */
export function expectAlike(inRuns: Judged, oneByOne: Judged): void {
  expect(inRuns.counts).toEqual(oneByOne.counts);
  expect(inRuns.irregularities).toEqual(oneByOne.irregularities);
  expect(told(inRuns.results)).toEqual(told(oneByOne.results));
  for (const [index, one] of oneByOne.results.entries()) {
    const run = inRuns.results[index];
    if (!bounded.has(one.check) || one.status !== 'decided') continue;
    expect(run).toMatchObject({ check: one.check, status: 'decided', exposure: one.exposure });
    if (run?.status !== 'decided') continue;
    expect(run.count).toBeGreaterThanOrEqual(one.count);
    expect(run.count + run.possible).toBeLessThanOrEqual(one.count + one.possible);
  }
}
