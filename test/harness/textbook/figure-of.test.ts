import { describe, expect, it } from 'vitest';
import type { JudgedCell } from '../../../harness/record/schema.ts';
import { figureOf } from '../../../harness/textbook/figure-of.ts';
import type { Figure } from '../../../scenarios/textbook/sentence.ts';
import { judged } from '../../reports/fixtures/cell.ts';
import { defaultProfiles } from '../../reports/fixtures/profiles.ts';
import { withValue } from './planted-figures.ts';

const [profile] = defaultProfiles;
if (profile === undefined) throw new Error('no profile fixture');
const cell = judged({
  profile,
  scenario: { id: 'some', summary: '', kind: 'timed', under: 'none', faults: [] },
  index: 0,
});

describe('what was taken of a quota', () => {
  const taken: Figure = { of: 'limit', name: 'taken', unit: 'messages acknowledged a second' };
  const told = (perSecond: number) => figureOf(taken, withValue(cell, taken, perSecond));

  it('is told where it was used up, or exceeded', () => {
    expect(told(1_000)).toBe(1_000);
    expect(told(1_500)).toBe(1_500);
  });

  it('is not known where less came than it lets through: a slow machine is no quota', () => {
    expect(told(300)).toBeUndefined();
    expect(told(0)).toBeUndefined();
  });
});

describe('a time of an exercise', () => {
  const p99: Figure = { of: 'exercise', name: 'p99-outside', unit: 'milliseconds' };
  const { exercise } = withValue(cell, p99, 20);
  const [stage] = exercise?.stages ?? [];
  if (exercise === null || stage === undefined) throw new Error('no exercise was planted');
  type Stages = NonNullable<JudgedCell['exercise']>['stages'];
  const told = (stages: Stages) => figureOf(p99, { ...cell, exercise: { ...exercise, stages } });

  it('is told where the rate of the stages without an outage was reached', () => {
    expect(told([stage])).toBe(20);
    expect(told([stage, { ...stage, achievedPerSecond: 1, isOutage: true }])).toBe(20);
    expect(told([stage, { ...stage, achievedPerSecond: 1 }])).toBeUndefined();
  });

  it('is not told where nobody knows the rate', () => {
    expect(told([])).toBeUndefined();
    expect(told([{ ...stage, isOutage: true }])).toBeUndefined();
  });
});
