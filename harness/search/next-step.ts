import type { PointPurpose, SearchResult } from '../record/search-schema.ts';
import { between, roundRate } from './rates.ts';
import type { SearchSettings } from './search-settings.ts';
import {
  errorsMost,
  type MeasuredPoint,
  outcomesOf,
  standingOf,
  undecidedMost,
} from './standing-of-rate.ts';

/** What a search does next; `end` only when the answer is known and its curve is measured. */
export type Step =
  | { readonly is: 'measure'; readonly ratePerSecond: number; readonly purpose: PointPurpose }
  | { readonly is: 'end'; readonly result: SearchResult; readonly isCurveWhole: boolean };

/** The lowest rate that is known not to be met, and what is known of it. */
interface Bound {
  readonly rate: number;
  readonly because: 'missed' | 'undecided';
  readonly reason: string;
}

type Bracket =
  | { readonly is: 'open'; readonly rate: number; readonly low: number | undefined }
  | { readonly is: 'between'; readonly low: number; readonly high: Bound | undefined }
  | { readonly is: 'over'; readonly result: SearchResult };

/**
 * Doubles until the objective is missed, bisects down to the tolerance, confirms, and measures the curve. It is
 * computed anew from all runs so far: the same runs always lead to the same next one.
 */
export function nextStep(settings: SearchSettings, points: readonly MeasuredPoint[]): Step {
  const answer = answerOf(settings, points);
  const isFull = points.length >= settings.maximumPoints;
  if (answer.is === 'measure') {
    if (!isFull) return answer;
    return { is: 'end', result: knownSoFar(settings, points, 'points'), isCurveWhole: false };
  }
  const missing = curveRates(settings, answer.result).find(
    (rate) => !points.some((point) => point.purpose === 'curve' && point.ratePerSecond === rate),
  );
  const isCurveWhole = missing === undefined;
  if (isCurveWhole || isFull) {
    return { is: 'end', result: uncontradicted(points, answer.result), isCurveWhole };
  }
  return { is: 'measure', ratePerSecond: missing, purpose: 'curve' };
}

/** A loss is a loss at whatever rate: whoever loses at a lower one does not carry the higher one. */
function uncontradicted(points: readonly MeasuredPoint[], result: SearchResult): SearchResult {
  if (result.is !== 'found' && result.is !== 'at-least') return result;
  const lossy = points.find(
    ({ purpose, ratePerSecond, isProof }) =>
      purpose === 'curve' && ratePerSecond <= result.ratePerSecond && isProof,
  );
  if (lossy === undefined) return result;
  const reason = `at ${lossy.ratePerSecond} a second, below the ${result.ratePerSecond} that were confirmed, ${lossy.reason}`;
  return stopped(points, 'contradicted', reason);
}

/** What can be said when the search must end here. */
export function knownSoFar(
  settings: SearchSettings,
  points: readonly MeasuredPoint[],
  because: 'points' | 'time' | 'interrupted',
): SearchResult {
  const answer = answerOf(settings, points);
  if (answer.is === 'end') return uncontradicted(points, answer.result);
  return stopped(points, because, '');
}

function answerOf(
  settings: SearchSettings,
  points: readonly MeasuredPoint[],
): Exclude<Step, { is: 'end' }> | { readonly is: 'end'; readonly result: SearchResult } {
  const bracket = bracketOf(settings, points);
  if (bracket.is === 'over') return { is: 'end', result: bracket.result };
  if (bracket.is === 'open') {
    const purpose = bracket.low === undefined ? 'bracket' : 'bisect';
    return { is: 'measure', ratePerSecond: bracket.rate, purpose };
  }
  return confirmed(settings, points, bracket.low, bracket.high);
}

function bracketOf(settings: SearchSettings, points: readonly MeasuredPoint[]): Bracket {
  const { minimumRate, maximumRate, tolerance } = settings;
  let low: number | undefined;
  let high: Bound | undefined;
  let rate: number | undefined = settings.startRate;
  while (rate !== undefined) {
    const runs = searching(points, rate);
    const standing = standingOf(runs);
    if (standing === 'error') return { is: 'over', result: failed(points, runs) };
    if (standing === 'open') return { is: 'open', rate, low: high === undefined ? undefined : low };
    if (standing === 'met') low = rate;
    else high = { rate, because: standing, reason: reasonOf(runs) };
    if (low === undefined) {
      if (rate <= minimumRate) break;
      rate = Math.max(minimumRate, roundRate(rate / 2));
    } else if (high === undefined) {
      rate = low >= maximumRate ? undefined : Math.min(maximumRate, roundRate(low * 2));
    } else {
      rate = high.rate <= low * (1 + tolerance) ? undefined : between(low, high.rate);
    }
  }
  return low === undefined
    ? { is: 'over', result: nothingMet(points, high) }
    : { is: 'between', low, high };
}

/**
 * Where the generator cannot confirm what it saw once, a small step lower will not help it, and where some large ones
 * do not, the machine is not fit to tell.
 */
const blindStep = 0.25;
const blindStepsMost = 3;

/** All confirming runs at one rate, or the same a step lower. */
function confirmed(
  settings: SearchSettings,
  points: readonly MeasuredPoint[],
  from: number,
  above: Bound | undefined,
): ReturnType<typeof answerOf> {
  let rate = from;
  let high = above;
  let blindSteps = 0;
  for (;;) {
    const runs = points.filter(
      (point) => point.purpose === 'confirm' && point.ratePerSecond === rate,
    );
    const { met, missed, undecided, errors } = outcomesOf(runs);
    if (errors >= errorsMost) return { is: 'end', result: failed(points, runs) };
    if (missed === 0 && undecided < undecidedMost) {
      if (met >= settings.confirmations) return { is: 'end', result: resultAt(points, rate, high) };
      return { is: 'measure', ratePerSecond: rate, purpose: 'confirm' };
    }
    const isMissed = missed > 0;
    high = { rate, because: isMissed ? 'missed' : 'undecided', reason: reasonOf(runs) };
    blindSteps += isMissed ? 0 : 1;
    if (blindSteps > blindStepsMost) {
      return { is: 'end', result: stopped(points, 'undecided', high.reason) };
    }
    if (rate <= settings.minimumRate) return { is: 'end', result: nothingMet(points, high) };
    const step = isMissed ? settings.tolerance : blindStep;
    const lower = Math.min(rate - 1, roundRate(rate * (1 - step)));
    rate = Math.max(settings.minimumRate, lower);
  }
}

function resultAt(
  points: readonly MeasuredPoint[],
  rate: number,
  high: Bound | undefined,
): SearchResult {
  if (high?.because === 'missed') {
    return { is: 'found', ratePerSecond: rate, missedAtPerSecond: high.rate };
  }
  const bound = { ratePerSecond: rate, missedAtPerSecond: missedAbove(points, rate) };
  return high === undefined
    ? { ...bound, is: 'at-least', because: 'maximum-rate', reason: 'no higher rate was asked for' }
    : { ...bound, is: 'at-least', because: 'undecided', reason: high.reason };
}

/** The lowest rate that the engine is known not to carry, whatever was undecided below it. */
function missedAbove(points: readonly MeasuredPoint[], rate: number): number | null {
  const rates = points.map(({ ratePerSecond }) => ratePerSecond);
  const missed = rates.filter(
    (each) => each > rate && standingOf(searching(points, each)) === 'missed',
  );
  return missed.length === 0 ? null : Math.min(...missed);
}

function nothingMet(points: readonly MeasuredPoint[], lowest: Bound | undefined): SearchResult {
  if (lowest?.because === 'missed') return { is: 'none', missedAtPerSecond: lowest.rate };
  return stopped(points, 'undecided', lowest?.reason ?? '');
}

function failed(points: readonly MeasuredPoint[], runs: readonly MeasuredPoint[]): SearchResult {
  return stopped(points, 'errors', reasonOf(runs));
}

function stopped(
  points: readonly MeasuredPoint[],
  because: Extract<SearchResult, { is: 'stopped' }>['because'],
  reason: string,
): SearchResult {
  const rates = (outcome: MeasuredPoint['outcome']): readonly number[] =>
    points.filter((point) => point.outcome === outcome).map((point) => point.ratePerSecond);
  const met = rates('met');
  const missed = rates('missed');
  return {
    is: 'stopped',
    because,
    metAtPerSecond: met.length === 0 ? null : Math.max(...met),
    missedAtPerSecond: missed.length === 0 ? null : Math.min(...missed),
    reason,
  };
}

function searching(points: readonly MeasuredPoint[], rate: number): readonly MeasuredPoint[] {
  return points.filter(
    ({ purpose, ratePerSecond }) =>
      ratePerSecond === rate && (purpose === 'bracket' || purpose === 'bisect'),
  );
}

function reasonOf(runs: readonly MeasuredPoint[]): string {
  return runs.findLast(({ outcome }) => outcome !== 'met')?.reason ?? '';
}

/** Beyond a bound that is not the engine's there is nothing to see of it. */
function curveRates({ curveShares }: SearchSettings, result: SearchResult): readonly number[] {
  if (result.is !== 'found' && result.is !== 'at-least') return [];
  const shares = result.is === 'found' ? curveShares : curveShares.filter((share) => share <= 1);
  return [...new Set(shares.map((share) => roundRate(result.ratePerSecond * share)))];
}
