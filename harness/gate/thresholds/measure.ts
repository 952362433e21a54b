import { median } from '../../core/statistics/median.ts';
import type { Percentile, ThresholdMetric, TimedStage } from '../../core/threshold.ts';
import type { DistributionRecord, JudgedCell, PerformanceFigures } from '../../record/schema.ts';
import { type Measured, missing } from './measured.ts';
import { recovery } from './recovery.ts';

/**
 * Timed figures are medians over the valid rounds, anomalies are summed, and the slowest recovery counts. Of an
 * anomaly that one round could not decide there is no figure: it may have been there.
 */
export function measure(metric: ThresholdMetric, rounds: readonly JudgedCell[]): Measured {
  switch (metric.of) {
    case 'latency':
      return timed(rounds, (figures) =>
        percentileOf(distributionOf(figures, metric.stage), metric.percentile),
      );
    case 'rate':
      return timed(rounds, (figures) =>
        metric.side === 'sent' ? figures.achievedRatePerSecond : figures.deliveredRatePerSecond,
      );
    case 'cpu':
      return timed(rounds, (figures) =>
        metric.side === 'client'
          ? figures.clientCpuMicrosPerMessage
          : (figures.brokerCpuMicrosPerMessage ?? undefined),
      );
    case 'anomaly':
      return anomalies(metric, rounds);
    case 'recovery':
      return slowest(rounds.map((round) => recovery(metric.fault, round)));
  }
}

function timed(
  rounds: readonly JudgedCell[],
  figure: (figures: PerformanceFigures) => number | undefined,
): Measured {
  const values: number[] = [];
  let reason = 'no round was judged';
  for (const { performance } of rounds) {
    if (performance.status !== 'valid') {
      reason =
        performance.status === 'invalid' ? (performance.reasons[0] ?? '') : performance.reason;
      continue;
    }
    const value = figure(performance.figures);
    if (value === undefined) reason = 'the engine does not give it';
    else values.push(value);
  }
  return values.length === 0 ? missing(reason) : { is: 'value', value: median(values) };
}

export function distributionOf(figures: PerformanceFigures, stage: TimedStage): DistributionRecord {
  switch (stage) {
    case 'publish.response':
      return figures.publishResponse;
    case 'publish.service':
      return figures.publishService;
    case 'e2e.response':
      return figures.endToEndResponse;
    case 'e2e.service':
      return figures.endToEndService;
    case 'lateness':
      return figures.lateness;
    case 'client-blocked':
      return figures.clientBlocked;
  }
}

function percentileOf(
  distribution: DistributionRecord,
  percentile: Percentile,
): number | undefined {
  return distribution.count === 0 ? undefined : distribution[`${percentile}Ns`];
}

function anomalies(
  { check, as }: ThresholdMetric & { readonly of: 'anomaly' },
  rounds: readonly JudgedCell[],
): Measured {
  let count = 0;
  let exposure = 0;
  for (const round of rounds) {
    const clause = round.clauses.find((one) => one.check === check);
    if (clause === undefined) return missing(`${check} was not judged`);
    if (clause.state === 'undecided' && clause.count === 0) {
      return missing(`${check} is undecided: ${clause.reason}`);
    }
    if (clause.count === 0 && round.verdict !== 'pass' && round.verdict !== 'violated') {
      return missing(`${check} was not seen in a cell that is ${round.verdict}`);
    }
    count += clause.count;
    exposure += clause.exposure;
  }
  if (rounds.length === 0) return missing('no round was judged');
  if (count === 0 && exposure === 0) return missing(`${check} had no chance`);
  return { is: 'value', value: as === 'count' ? count : count / exposure };
}

function slowest(rounds: readonly Measured[]): Measured {
  const without = rounds.find(({ is }) => is === 'missing');
  if (without !== undefined) return without;
  const values = rounds.flatMap((round) => (round.is === 'value' ? [round.value] : []));
  return values.length === 0
    ? missing('no round was judged')
    : { is: 'value', value: Math.max(...values) };
}
