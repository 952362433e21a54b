import type { SecondRow } from '../record/schema.ts';

/** How the backlog changed while messages were sent. Messages, and messages per second. */
export type BacklogGrowth =
  | { readonly is: 'unknown'; readonly reason: string }
  | {
      readonly is: 'fitted';
      readonly seconds: number;
      readonly perSecond: number;
      /** Standard error of `perSecond`. */
      readonly error: number;
      readonly from: number;
      readonly to: number;
    };

/** Three points are the fewest that a line can miss. */
const fewestSeconds = 3;
/** A slower growth, as a share of the rate, is none. */
const growthShare = 0.01;
const standardErrors = 2;

/**
 * A line through the backlog at the end of each whole second of the load, by least squares. The first second
 * fills the pipe and the last one is cut short: both are left out.
 */
export function backlogGrowth(series: readonly SecondRow[]): BacklogGrowth {
  const loaded = series.filter(({ sent }) => sent > 0).slice(1, -1);
  const samples = loaded.flatMap(({ second, backlog }) =>
    backlog === null ? [] : [{ second, backlog }],
  );
  if (samples.length < loaded.length) {
    return { is: 'unknown', reason: 'the backlog is not known: an actor did not tell its counts' };
  }
  const [first, last] = [samples[0], samples.at(-1)];
  if (samples.length < fewestSeconds || first === undefined || last === undefined) {
    const reason = `${samples.length} whole seconds of load are too few for the slope of the backlog (${fewestSeconds})`;
    return { is: 'unknown', reason };
  }
  const count = samples.length;
  const meanSecond = samples.reduce((sum, { second }) => sum + second, 0) / count;
  const meanBacklog = samples.reduce((sum, { backlog }) => sum + backlog, 0) / count;
  const spread = samples.reduce((sum, { second }) => sum + (second - meanSecond) ** 2, 0);
  const perSecond =
    samples.reduce(
      (sum, { second, backlog }) => sum + (second - meanSecond) * (backlog - meanBacklog),
      0,
    ) / spread;
  const misses = samples.reduce(
    (sum, { second, backlog }) =>
      sum + (backlog - meanBacklog - perSecond * (second - meanSecond)) ** 2,
    0,
  );
  return {
    is: 'fitted',
    seconds: count,
    perSecond,
    error: Math.sqrt(misses / (count - 2) / spread),
    from: first.backlog,
    to: last.backlog,
  };
}

/** More than one per cent of the rate, and more than two standard errors. */
export function grew(
  { perSecond, error }: Extract<BacklogGrowth, { is: 'fitted' }>,
  ratePerSecond: number,
): boolean {
  return perSecond > growthShare * ratePerSecond && perSecond > standardErrors * error;
}
