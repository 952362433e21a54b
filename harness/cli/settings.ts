import type { Threshold } from '../core/threshold.ts';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CatalogEntry } from '../../engines/catalog.ts';
import type { Environment } from '../../engines/engine.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Sentence } from '../../scenarios/textbook/sentence.ts';
import { levels } from '../core/clauses.ts';
import { AckmarkError } from '../core/errors.ts';
import type { HistoryMode } from '../core/history-mode.ts';
import { catalogName } from '../plan/sweep.ts';
import type { ProfileDeviation, ScenarioAim, SelectedEngine } from '../plan/expand.ts';
import { fidelitySuites } from '../../scenarios/fidelity-suites.ts';
import { suites } from '../../scenarios/suites.ts';
import { type Problem, throwProblems } from './problems.ts';
import type { LoadOptionName, LoadTexts } from './load/load-options.ts';
import { loadedScenarios, loadSaid, replayedLoad, sweepSaid } from './load/resolve-load.ts';
import { type Sweep, sweepOf } from './load/sweep-text.ts';
import { selectEngines, splitReference } from './select-engines.ts';
import { thresholdsOf } from './thresholds-of.ts';
import { onlySearches, searchOfSuite, searchSaid, type SuiteSearch } from './suite-search.ts';
import { repeatProblems, suiteAims } from './suite-aims.ts';
import { partOfSuite, roundsOf, usualRounds } from './suite-part.ts';
import { suiteDeviations } from './suite-deviations.ts';
import { parseSuite, type Suite, type SuiteDocument } from './suite-file.ts';
import { shellWord } from '../core/shell-word.ts';
import { suggestion } from '../core/suggest.ts';
import { levelsOf } from './wanted-levels.ts';

/** `run`'s flags as yargs hands them over; undefined means not given. */
export interface RunFlags extends LoadTexts {
  readonly sweep: readonly string[] | undefined;
  readonly engine: readonly string[] | undefined;
  readonly scenario: readonly string[] | undefined;
  readonly suite: string | undefined;
  readonly target: string | undefined;
  readonly level: readonly string[] | undefined;
  readonly rounds: number | undefined;
  readonly seed: number | undefined;
  readonly history: HistoryMode | undefined;
  readonly controls: boolean | undefined;
  readonly threshold: readonly string[] | undefined;
}

export interface Setting {
  readonly key: string;
  readonly value: string;
  readonly from: 'flag' | 'file' | 'default';
}

export interface RunSettings {
  readonly engines: readonly SelectedEngine[];
  /** None where a suite has nothing but its search. */
  readonly scenarios: readonly Scenario[];
  readonly search: SuiteSearch | undefined;
  readonly aims: readonly ScenarioAim[];
  readonly rounds: number;
  readonly roundsOf: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly history: HistoryMode;
  readonly controls: boolean;
  readonly deviations: readonly ProfileDeviation[];
  readonly thresholds: readonly Threshold[];
  /** What the cells are held against, besides their claims. */
  readonly sentences: readonly Sentence[];
  /** What a replay must repeat beyond engine, scenario and seed. */
  readonly replayArguments: string;
  readonly settings: readonly Setting[];
}

export interface SettingsInput {
  readonly flags: RunFlags;
  readonly directory: string;
  readonly environment: Environment;
  readonly catalog: readonly CatalogEntry[];
  readonly scenarios: readonly Scenario[];
  readonly freshSeed: () => number;
}

const whereNamesAre = 'See `ackmark list` for every name, `ackmark run --help` for every flag.';

/** Flag over suite over default, every value with its origin, all mistakes at once. */
export async function resolveSettings(input: SettingsInput): Promise<RunSettings> {
  const { flags } = input;
  const problems: Problem[] = [];
  const settings: Setting[] = [];
  const { suite, suiteName, placeOf, sentences } = readSuite(input);
  const pick = <T>(key: string, flag: T | undefined, file: T | undefined, otherwise: T): T => {
    const value = flag ?? file ?? otherwise;
    const from = flag !== undefined ? 'flag' : file !== undefined ? 'file' : 'default';
    settings.push({ key, value: Array.isArray(value) ? value.join(',') : String(value), from });
    return value;
  };
  if (suiteName !== undefined) pick('suite', flags.suite, undefined, suiteName);
  const references = pick('engine', flags.engine, suite.engines, []);
  pick('target', flags.target, suite.target, 'each engine’s default');
  const wanted = pick('level', flags.level, suite.levels, [...levels]);
  const sweep = sweepOf(flags.sweep, flags, { suite, placeOf }, problems);
  const scenarioIds = pick(
    'scenario',
    flags.scenario,
    suite.scenarios && [...new Set(suite.scenarios.map(({ id }) => id))],
    onlySearches(flags, suite) ? [] : unnamedScenarios(input, sweep),
  );
  settings.push(...loadSaid(flags, suite), ...sweepSaid(sweep));
  const selected = await selectEngines(
    {
      ...input,
      references: partOfSuite(references, suite),
      target: flags.target ?? suite.target,
      levels: levelsOf(wanted, problems),
    },
    input.catalog,
    problems,
  );
  const ids = input.catalog.map(({ id }) => id);
  const deviations = suiteDeviations(suite, placeOf, selected, ids, problems);
  settings.push(...deviationsSaid(suite));
  const scenarios = loadedScenarios(
    chosenScenarios(input.scenarios, scenarioIds, problems),
    { flags, sweep, document: { suite, placeOf }, directory: input.directory },
    problems,
  );
  problems.push(...repeatProblems({ suite, placeOf }));
  const aims = suiteAims(flags, { suite, placeOf }, problems);
  const thresholds = thresholdsOf(flags.threshold, { suite, placeOf }, problems).flatMap(
    (threshold) => atEveryPoint(threshold, scenarios),
  );
  const search = searchOfSuite({ ...input, document: { suite, placeOf }, selected }, problems);
  settings.push(...aimsSaid(aims), ...saidOf(flags.threshold, thresholds), ...searchSaid(search));
  if (problems.length === 0 && selected.length === 0)
    problems.push(nothingSelected(references, wanted));
  throwProblems(problems, 'USAGE', whereNamesAre);
  return {
    engines: selected,
    scenarios,
    search,
    aims,
    rounds: pick('rounds', flags.rounds, suite.rounds, usualRounds),
    roundsOf: roundsOf(flags, suite),
    seed: pick('seed', flags.seed, suite.seed, input.freshSeed()),
    history: pick<HistoryMode>('history', flags.history, suite.history, 'full'),
    controls: pick('controls', flags.controls, suite.controls, true),
    deviations,
    thresholds,
    sentences,
    replayArguments: replayArguments(flags, suiteName, suite),
    settings,
  };
}

function deviationsSaid({ deviations }: Suite): readonly Setting[] {
  if (deviations === undefined) return [];
  return [{ key: 'deviations', value: deviations.map(({ id }) => id).join(','), from: 'file' }];
}

const timetableOptions = ['rate', 'arrivals', 'late'] as const;
const usersOptions = ['keys', 'skew', 'partitions'] as const;

/** All, where nobody names any, but those that cannot have what is asked of the load. */
function unnamedScenarios({ flags, scenarios }: SettingsInput, { axes }: Sweep): readonly string[] {
  const asks = (option: LoadOptionName): boolean =>
    flags[option] !== undefined || axes.some(({ axis }) => axis === option);
  const asksForTimetable = timetableOptions.some(asks);
  return scenarios
    .filter(({ workload: { exchange, users, load } }) => {
      // One producer and one consumer are a requester; users have lanes of their own and are drawn alike.
      if (exchange !== undefined && (asks('producers') || asks('consumers'))) return false;
      if (users !== undefined && usersOptions.some(asks)) return false;
      if (load.kind === 'closed') return !asksForTimetable;
      // Stages and traces say the rate themselves.
      const isOwnRate = load.arrivals?.kind === 'stages' || load.arrivals?.kind === 'trace';
      return !isOwnRate || !asks('rate') || asks('arrivals');
    })
    .map(({ id }) => id);
}

function aimsSaid(aims: readonly ScenarioAim[]): readonly Setting[] {
  if (aims.length === 0) return [];
  const value = aims.map(
    ({ scenario, engine, profile }) =>
      `${scenario} for ${profile === undefined ? engine : `${engine}@${profile}`}`,
  );
  return [{ key: 'aims', value: value.join(', '), from: 'file' }];
}

/** One that is about a scenario of the catalogue is about each point that a sweep made of it. */
function atEveryPoint(threshold: Threshold, scenarios: readonly Scenario[]): readonly Threshold[] {
  const points = scenarios.filter((scenario) => catalogName(scenario) === threshold.scenario);
  return points.length === 0
    ? [threshold]
    : points.map(({ id }) => ({ ...threshold, scenario: id }));
}

function saidOf(
  flags: readonly string[] | undefined,
  thresholds: readonly Threshold[],
): readonly Setting[] {
  if (thresholds.length === 0) return [];
  const value = thresholds.map(({ text }) => text).join('; ');
  return [{ key: 'thresholds', value, from: flags === undefined ? 'file' : 'flag' }];
}

function chosenScenarios(
  known: readonly Scenario[],
  ids: readonly string[],
  problems: Problem[],
): readonly Scenario[] {
  const names = known.map(({ id }) => id);
  return ids.flatMap((id) => {
    const scenario = known.find((candidate) => candidate.id === id);
    if (scenario !== undefined) return [scenario];
    problems.push({
      place: '--scenario',
      what: `no scenario is called ${JSON.stringify(id)}${suggestion(id, names)} (${names.join(', ')})`,
    });
    return [];
  });
}

function nothingSelected(references: readonly string[], wanted: readonly string[]): Problem {
  return references.length === 0
    ? { place: '--engine', what: 'neither a flag nor the suite names an engine' }
    : {
        place: '--level',
        what: `no profile of ${references.join(', ')} is ${wanted.join(' or ')}`,
      };
}

interface NamedSuite extends SuiteDocument {
  /** None of a suite in a file. */
  readonly sentences: readonly Sentence[];
  readonly suiteName: string | undefined;
}

function readSuite({ flags, directory, catalog }: SettingsInput): NamedSuite {
  const name = flags.suite ?? suiteOf(flags, catalog);
  if (name === undefined) {
    return { suite: {}, suiteName: undefined, placeOf: () => '--suite', sentences: [] };
  }
  const builtIn = suites[name];
  if (builtIn !== undefined) {
    const { sentences = [], ...suite } = builtIn;
    return { suite, suiteName: name, placeOf: () => `--suite ${name}`, sentences };
  }
  const path = resolve(directory, name);
  const names = [...Object.keys(suites), ...Object.keys(fidelitySuites)];
  if (!existsSync(path)) {
    throw new AckmarkError(
      'BAD_SUITE',
      `--suite ${name}: neither a built-in suite nor a file${suggestion(name, names)}`,
      { hint: `Built in: ${names.join(', ')}. A file is YAML; see \`ackmark schema suite\`.` },
    );
  }
  try {
    return { ...parseSuite(readFileSync(path, 'utf8'), name), suiteName: name, sentences: [] };
  } catch (cause) {
    if (cause instanceof AckmarkError) throw cause;
    throw new AckmarkError('BAD_SUITE', `--suite ${name}: cannot be read`, {
      hint: 'Check that it is a file and that you may read it.',
      cause,
    });
  }
}

/** Without engines the one of `npm start`; without scenarios that of all the engines, where they have the same. */
function suiteOf({ engine, scenario }: RunFlags, catalog: SettingsInput['catalog']) {
  if (engine === undefined) return 'default';
  if (scenario !== undefined) return undefined;
  const own = engine.map((reference) => {
    const { name } = splitReference(reference);
    return catalog.find(({ id }) => id === name)?.suite;
  });
  return own.every((suite) => suite === own[0]) ? own[0] : undefined;
}

function replayArguments(flags: RunFlags, suiteName: string | undefined, suite: Suite): string {
  const parts: string[] = [];
  if (suiteName !== undefined) parts.push(`--suite ${shellWord(suiteName)}`);
  const target = flags.target ?? suite.target;
  if (target !== undefined) parts.push(`--target ${shellWord(target)}`);
  parts.push(...replayedLoad(flags));
  return parts.map((part) => ` ${part}`).join('');
}
