import type { PerformanceFigures, RunRecord } from '../../../harness/record/schema.ts';
import { type CellRequest, judged } from '../../reports/fixtures/cell.ts';
import { defaultProfiles } from '../../reports/fixtures/profiles.ts';
import { runOf } from '../../reports/fixtures/run.ts';
import { defaultScenarios } from '../../reports/fixtures/scenarios.ts';

export type FiguresOf = (figures: PerformanceFigures, round: number) => Partial<PerformanceFigures>;

/** Rounds of one timed cell of `profile` whose figures are as `change` says. */
export function timedRounds(
  rounds: number,
  change: FiguresOf,
  profileName = 'acks-1',
  more: Partial<CellRequest> = {},
): RunRecord['cells'] {
  const profile = defaultProfiles.find((one) => one.profile === profileName);
  const scenario = defaultScenarios.find(({ kind }) => kind === 'timed');
  if (profile === undefined || scenario === undefined) throw new Error('a fixture is missing');
  return Array.from({ length: rounds }, (_, at) => {
    const cell = judged({ profile, scenario, index: at, round: at + 1, ...more });
    if (cell.performance.status !== 'valid') return cell;
    const { figures } = cell.performance;
    return {
      ...cell,
      performance: { status: 'valid' as const, figures: { ...figures, ...change(figures, at) } },
    };
  });
}

export function timedRun(rounds: number, change: FiguresOf): RunRecord {
  return runOf(timedRounds(rounds, change));
}
