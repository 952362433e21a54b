import { levels } from '../core/clauses.ts';
import { type MetricId, metricIds } from '../record/comparison-schema.ts';
import type { LevelStep } from '../record/ranking-schema.ts';
import type { RunRecord } from '../record/schema.ts';
import { changeOf } from './change.ts';
import { metrics } from './metrics.ts';
import { type TimedCell, timedCellsOf } from './timed-cells.ts';

/**
 * What the next level costs: of each engine and timed scenario, the profiles of one level against those of the next
 * weaker one that was measured at the same load.
 */
export function levelStepsOf(record: RunRecord, alpha: number): readonly LevelStep[] {
  const cells = [...timedCellsOf(record).values()].filter(({ figures }) => figures.length > 0);
  return cells.flatMap((to) => {
    const weaker = cells.filter((from) => isWeaker(from, to));
    const next = Math.max(...weaker.map(rankOf));
    return weaker
      .filter((from) => rankOf(from) === next)
      .map((from) => stepBetween(from, to, alpha));
  });
}

function isWeaker(from: TimedCell, to: TimedCell): boolean {
  const rates = [from, to].map(({ figures }) => figures[0]?.targetRatePerSecond);
  return (
    from.scenario === to.scenario &&
    from.rounds[0]?.engine === to.rounds[0]?.engine &&
    rates[0] === rates[1] &&
    rankOf(from) < rankOf(to)
  );
}

function rankOf(cell: TimedCell): number {
  return levels.findIndex((level) => level === levelOf(cell));
}

function levelOf({ rounds }: TimedCell): LevelStep['levels']['from'] {
  return rounds[0]?.level ?? 'none';
}

function stepBetween(from: TimedCell, to: TimedCell, alpha: number): LevelStep {
  const factors = metricIds.flatMap((metric) => {
    const [before, after] = [valuesOf(from, metric), valuesOf(to, metric)];
    if (before.length === 0 || after.length === 0) return [];
    const { factor, low, high } = changeOf(before, after, alpha);
    return [[metric, { factor, low, high }] as const];
  });
  return {
    scenario: to.scenario,
    from: from.profile,
    to: to.profile,
    levels: { from: levelOf(from), to: levelOf(to) },
    factors: Object.fromEntries(factors),
  };
}

/** Of the valid rounds; a ratio takes only what is above zero. */
export function valuesOf({ figures }: TimedCell, metric: MetricId): readonly number[] {
  return figures.flatMap((one) => metrics[metric].of(one) ?? []).filter((value) => value > 0);
}
