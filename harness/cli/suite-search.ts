import { z } from 'zod';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { SelectedEngine } from '../plan/expand.ts';
import { loadedScenarios } from './load/resolve-load.ts';
import type { Problem } from './problems.ts';
import { searchDefaults, type SearchFlags, searchPlaces, soughtFrom } from './search-flags.ts';
import type { Sought } from './search-targets.ts';
import { splitReference } from './select-engines.ts';
import type { RunFlags, Setting } from './settings.ts';
import type { Suite, SuiteDocument } from './suite-file.ts';
import { suggestion } from '../core/suggest.ts';

const rateText = z.union([z.string(), z.number()]).transform(String);
const texts = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((value) => (typeof value === 'string' ? [value] : value));

/** `search:` of a suite: the flags of `ackmark search` under their own names. */
export const suiteSearch = z.strictObject({
  slo: texts.describe('such as "e2e.response.p99 < 20ms"; several must all be met'),
  engines: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('only for these of the suite: engine or engine@profile'),
  scenario: z.string().default('steady').describe('one that is timed, under the load of the suite'),
  'start-rate': rateText.default(searchDefaults.startRate),
  'max-rate': rateText.default(searchDefaults.maxRate),
  tolerance: z.number().default(searchDefaults.tolerance).describe('per cent'),
  confirm: z.number().default(searchDefaults.confirm),
  'point-seconds': z.number().default(searchDefaults.pointSeconds),
  'max-points': z.number().default(searchDefaults.maxPoints),
  'max-minutes': z.number().default(searchDefaults.maxMinutes),
  curve: z.boolean().default(searchDefaults.curve),
});

/** What a suite looks for, and whose capacity it is. */
export interface SuiteSearch {
  readonly sought: Sought;
  readonly engines: readonly SelectedEngine[];
}

interface SearchRequest {
  readonly flags: RunFlags;
  readonly document: SuiteDocument;
  readonly directory: string;
  readonly scenarios: readonly Scenario[];
  readonly selected: readonly SelectedEngine[];
}

/**
 * A suite's search, unless flags say which scenarios are meant: so does a replay of one of its cells.
 *
 * @param problems gets every mistake with its line
 */
export function searchOfSuite(
  request: SearchRequest,
  problems: Problem[],
): SuiteSearch | undefined {
  const { flags, document, scenarios } = request;
  const { search } = document.suite;
  if (search === undefined || flags.scenario !== undefined) return undefined;
  const place = (key: string): string => document.placeOf(['search', key]);
  const names = scenarios.map(({ id }) => id);
  const scenario = scenarios.find(({ id }) => id === search.scenario);
  if (scenario === undefined) {
    const what = `no scenario is called ${JSON.stringify(search.scenario)}${suggestion(search.scenario, names)}`;
    problems.push({ place: place('scenario'), what });
    return undefined;
  }
  const noSweep = { axes: [], from: 'file' } as const;
  const [loaded = scenario] = loadedScenarios(
    [scenario],
    { flags, sweep: noSweep, document, directory: request.directory },
    problems,
  );
  const engines = enginesOf(request, problems);
  const sought = soughtFrom(flagsOf(search), loaded, (flag) => place(searchPlaces[flag]), problems);
  return { sought, engines };
}

/** Whether a suite has nothing to run but its search. */
export function onlySearches(flags: Pick<RunFlags, 'scenario'>, suite: Suite): boolean {
  return (
    suite.search !== undefined && suite.scenarios === undefined && flags.scenario === undefined
  );
}

export function searchSaid(search: SuiteSearch | undefined): readonly Setting[] {
  if (search === undefined) return [];
  const { scenario, objectives } = search.sought;
  const value = `${scenario.id}: ${objectives.map(({ text }) => text).join(' and ')}`;
  return [{ key: 'search', value, from: 'file' }];
}

function flagsOf(search: z.output<typeof suiteSearch>): SearchFlags {
  return {
    slo: search.slo,
    startRate: search['start-rate'],
    maxRate: search['max-rate'],
    tolerance: search.tolerance,
    confirm: search.confirm,
    pointSeconds: search['point-seconds'],
    maxPoints: search['max-points'],
    maxMinutes: search['max-minutes'],
    curve: search.curve,
  };
}

function enginesOf(
  { document, selected }: SearchRequest,
  problems: Problem[],
): readonly SelectedEngine[] {
  const { search } = document.suite;
  if (search?.engines === undefined) return selected;
  const known = selected.flatMap(({ engine, profiles }) =>
    profiles.map((profile) => `${engine.id}@${profile}`),
  );
  const wanted = new Set<string>();
  for (const [index, reference] of search.engines.entries()) {
    const { profile } = splitReference(reference);
    const found = known.filter((one) =>
      profile === undefined ? one.startsWith(`${reference}@`) : one === reference,
    );
    for (const one of found) wanted.add(one);
    if (found.length > 0) continue;
    const what = `${reference} is not among the profiles of this run${suggestion(reference, known)}`;
    problems.push({ place: document.placeOf(['search', 'engines', index]), what });
  }
  return selected
    .map((one) => ({
      ...one,
      profiles: one.profiles.filter((profile) => wanted.has(`${one.engine.id}@${profile}`)),
    }))
    .filter(({ profiles }) => profiles.length > 0);
}
