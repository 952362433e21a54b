import type { Scenario } from '../../scenarios/scenario.ts';
import type { Threshold } from '../core/threshold.ts';
import { changedScenario } from '../plan/load-changes.ts';
import { parseThreshold } from '../gate/thresholds/parse.ts';
import { curveShares } from '../search/search-settings.ts';
import { type Problem, throwProblems } from './problems.ts';
import { parseRate } from './quantities.ts';
import type { Sought } from './search-targets.ts';
import { wholeNumberProblem } from './whole-number.ts';

/** `search`'s own flags as yargs hands them over. */
export interface SearchFlags {
  readonly slo: readonly string[];
  readonly startRate: string;
  readonly maxRate: string;
  readonly tolerance: number;
  readonly confirm: number;
  readonly pointSeconds: number;
  readonly maxPoints: number;
  readonly maxMinutes: number;
  readonly curve: boolean;
}

/** Where nothing is said. */
export const searchDefaults: Omit<SearchFlags, 'slo'> = {
  startRate: '1k/s',
  maxRate: '1M/s',
  tolerance: 2,
  confirm: 3,
  pointSeconds: 10,
  maxPoints: 80,
  maxMinutes: 60,
  curve: true,
};

/** How each is called where it is written, without the dashes of a flag. */
export const searchPlaces = {
  slo: 'slo',
  scenario: 'scenario',
  startRate: 'start-rate',
  maxRate: 'max-rate',
  tolerance: 'tolerance',
  confirm: 'confirm',
  pointSeconds: 'point-seconds',
  maxPoints: 'max-points',
  maxMinutes: 'max-minutes',
} as const;

/** Where a mistake is told. */
type PlaceOf = (said: keyof typeof searchPlaces) => string;

const minimumRate = 1;
/** Fewer give no slope of the backlog: the first and the last second are no whole ones. */
const fewestPointSeconds = 5;

/** All mistakes at once. */
export function soughtBy(flags: SearchFlags, scenario: Scenario): Sought {
  const problems: Problem[] = [];
  const sought = soughtFrom(flags, scenario, (said) => `--${searchPlaces[said]}`, problems);
  throwProblems(problems, 'USAGE', 'See `ackmark search --help` for every flag.');
  return sought;
}

/** @param problems gets every mistake; with one, what is returned is of no use */
export function soughtFrom(
  flags: SearchFlags,
  scenario: Scenario,
  placeOf: PlaceOf,
  problems: Problem[],
): Sought {
  const objectives = objectivesOf(flags.slo, placeOf('slo'), problems);
  const startRate = rateOf(placeOf('startRate'), flags.startRate, problems);
  const maximumRate = rateOf(placeOf('maxRate'), flags.maxRate, problems);
  if (startRate > maximumRate) {
    problems.push({ place: placeOf('startRate'), what: 'is above the maximum rate' });
  }
  bounded(placeOf('tolerance'), flags.tolerance, 0.1, 50, problems);
  bounded(placeOf('pointSeconds'), flags.pointSeconds, fewestPointSeconds, 3_600, problems);
  bounded(placeOf('maxMinutes'), flags.maxMinutes, 0.1, 10_080, problems);
  for (const problem of [
    wholeNumberProblem(placeOf('confirm'), flags.confirm, 1, 20),
    wholeNumberProblem(placeOf('maxPoints'), flags.maxPoints, 1, 500),
  ]) {
    if (problem !== undefined) problems.push(problem);
  }
  checkScenario(scenario, placeOf('scenario'), problems);
  return {
    scenario,
    objectives,
    settings: {
      startRate,
      minimumRate,
      maximumRate,
      tolerance: flags.tolerance / 100,
      confirmations: flags.confirm,
      maximumPoints: flags.maxPoints,
      curveShares: flags.curve ? curveShares : [],
    },
    pointSeconds: flags.pointSeconds,
    maximumMs: flags.maxMinutes * 60_000,
  };
}

function objectivesOf(
  texts: readonly string[],
  place: string,
  problems: Problem[],
): readonly Threshold[] {
  if (texts.length === 0) {
    const what = 'names no objective, such as "e2e.response.p99 < 20ms"';
    problems.push({ place, what });
  }
  return texts.flatMap((text) => {
    const parsed = parseThreshold(text, undefined);
    if (parsed.is === 'threshold') return [parsed.threshold];
    problems.push({ place, what: parsed.what });
    return [];
  });
}

/** A price needs the machine alone, and a search needs a rate to change. */
function checkScenario(scenario: Scenario, place: string, problems: Problem[]): void {
  const { id, kind, workload } = scenario;
  if (kind !== 'timed') {
    problems.push({ place, what: `${id} is no timed scenario: its cells carry no figures` });
  }
  if (workload.load.kind === 'closed') {
    const what = `${id} sends as fast as its answers come (closed loop): it has no rate to search`;
    problems.push({ place, what });
    return;
  }
  for (const { what } of changedScenario(scenario, { ratePerSecond: minimumRate }).problems) {
    problems.push({ place, what });
  }
}

function rateOf(place: string, text: string, problems: Problem[]): number {
  const rate = parseRate(text);
  if (rate !== undefined && Number.isInteger(rate)) return rate;
  problems.push({ place, what: `${JSON.stringify(text)} must be a rate such as 5k/s` });
  return minimumRate;
}

function bounded(
  place: string,
  value: number,
  low: number,
  high: number,
  problems: Problem[],
): void {
  if (value >= low && value <= high) return;
  problems.push({ place, what: `must be a number from ${low} to ${high}` });
}
