import type { Scenario } from '../../../scenarios/scenario.ts';
import { shellWord } from '../../core/shell-word.ts';
import { changedScenario, type LoadChanges, unfitLoad } from '../../plan/load-changes.ts';
import { atPoint, pointsOf, type SweepPoint } from '../../plan/sweep.ts';
import type { Problem } from '../problems.ts';
import type { Setting } from '../settings.ts';
import type { Suite, SuiteDocument } from '../suite-file.ts';
import {
  type LoadOptionName,
  loadOptionNames,
  loadOptions,
  type LoadTexts,
  type LoadWords,
} from './load-options.ts';
import type { Sweep } from './sweep-text.ts';
import { readTrace } from './trace-file.ts';

/** What one place says of the load. */
interface Layer {
  readonly texts: LoadTexts;
  placeOf(option: LoadOptionName): string;
}

interface LoadRequest {
  readonly flags: LoadTexts;
  readonly sweep: Sweep;
  readonly document: SuiteDocument;
  /** Where the names of traces begin. */
  readonly directory: string;
}

/**
 * The scenarios under the load that flags say, or else the suite for one of them, or else the suite for all: one for
 * each point of the sweep.
 */
export function loadedScenarios(
  scenarios: readonly Scenario[],
  request: LoadRequest,
  problems: Problem[],
): readonly Scenario[] {
  const readings = new Map<string, LoadChanges>();
  const found: Problem[] = [];
  const read = (layer: Layer): LoadChanges => {
    const key = JSON.stringify(layer.texts);
    const known = readings.get(key);
    if (known !== undefined) return known;
    const changes = changesOf(layer, request.directory, found);
    readings.set(key, changes);
    return changes;
  };
  const points = pointsOf(request.sweep.axes);
  const loaded = scenarios.flatMap((scenario) =>
    points.map((point, index) => {
      let changed = scenario;
      const layers = [...layersFor(scenario, request), pointLayer(point, request)];
      for (const layer of layers) {
        const { scenario: next, problems: refused } = changedScenario(changed, read(layer));
        changed = next;
        for (const { option, what } of refused) found.push({ place: layer.placeOf(option), what });
      }
      for (const { options, what } of unfitLoad(changed)) {
        found.push({ place: placeOfAny(options, layers), what });
      }
      return atPoint(changed, point, index);
    }),
  );
  found.push(...withoutEffects(scenarios, request));
  const texts = new Set<string>();
  for (const one of found) {
    const text = JSON.stringify(one);
    if (!texts.has(text)) problems.push(one);
    texts.add(text);
  }
  return loaded;
}

/** Some of the scenarios that are run have jobs with effects, or it is said of none of them. */
function withoutEffects(
  scenarios: readonly Scenario[],
  { flags, sweep }: LoadRequest,
): readonly Problem[] {
  const isSwept = sweep.axes.some(({ axis }) => axis === 'effects');
  if (flags.effects === undefined && !isSwept) return [];
  if (scenarios.some(({ workload }) => workload.effects !== undefined)) return [];
  const what = 'no job of these scenarios has effects outside the system: leave it out';
  return [{ place: flags.effects === undefined ? '--sweep' : '--effects', what }];
}

/** From the weakest to the strongest; what a stronger one says the weaker ones do not. */
function layersFor(scenario: Scenario, { flags, document }: LoadRequest): readonly Layer[] {
  const { suite, placeOf } = document;
  const at = suite.scenarios?.findIndex(({ id }) => id === scenario.id) ?? -1;
  const own = textsOf(suite, at);
  const flagged = only(flags, []);
  return [
    {
      texts: only(suite.load ?? {}, [own, flagged]),
      placeOf: (option) => placeOf(['load', option]),
    },
    { texts: only(own, [flagged]), placeOf: (option) => placeOf(['scenarios', at, option]) },
    { texts: flagged, placeOf: (option) => `--${option}` },
  ];
}

/** Where the strongest of those that say anything of these options says it. */
function placeOfAny(options: readonly LoadOptionName[], layers: readonly Layer[]): string {
  for (const layer of layers.toReversed()) {
    const said = options.find((option) => layer.texts[option] !== undefined);
    if (said !== undefined) return layer.placeOf(said);
  }
  return `--${options[0] ?? 'load'}`;
}

function pointLayer(point: SweepPoint, { sweep, document }: LoadRequest): Layer {
  return {
    texts: Object.fromEntries(point.map(({ axis, value }) => [axis, value])),
    placeOf: (option) => (sweep.from === 'flag' ? '--sweep' : document.placeOf(['sweep', option])),
  };
}

function only(texts: LoadTexts, stronger: readonly LoadTexts[]): LoadTexts {
  const told = loadOptionNames.filter(
    (name) => texts[name] !== undefined && stronger.every((other) => other[name] === undefined),
  );
  return Object.fromEntries(told.map((name) => [name, texts[name]]));
}

function textsOf({ scenarios }: Suite, at: number): LoadTexts {
  const entry = scenarios?.[at];
  if (entry === undefined) return {};
  const { rate, messages, load } = entry;
  return {
    ...(rate === undefined ? {} : { rate: String(rate) }),
    ...(messages === undefined ? {} : { messages: String(messages) }),
    ...load,
  };
}

function changesOf(layer: Layer, directory: string, problems: Problem[]): LoadChanges {
  let words: LoadWords = {};
  for (const name of loadOptionNames) {
    const text = layer.texts[name];
    if (text === undefined) continue;
    const parsed = loadOptions[name].read(text);
    if (parsed.is === 'value') words = { ...words, ...parsed.value };
    else problems.push({ place: layer.placeOf(name), what: parsed.what });
  }
  const { arrivals, ...rest } = words;
  if (arrivals?.kind !== 'trace') return { ...rest, arrivals };
  const trace = readTrace(arrivals.file, directory);
  if (trace.is === 'offsets') return { ...rest, arrivals: { ...arrivals, ...trace } };
  problems.push(...trace.problems);
  return rest;
}

export function sweepSaid({ axes, from }: Sweep): readonly Setting[] {
  if (axes.length === 0) return [];
  const value = axes.map(({ axis, values }) => `${axis}=${values.join(',')}`).join(' ');
  return [{ key: 'sweep', value, from }];
}

/** What was said of the load, and where; of rate and messages also that nothing was. */
export function loadSaid(flags: LoadTexts, suite: Suite): readonly Setting[] {
  return loadOptionNames.flatMap((key): Setting[] => {
    const flag = flags[key];
    if (flag !== undefined) return [{ key, value: flag, from: 'flag' }];
    const forAll = suite.load?.[key];
    const forOne = (suite.scenarios ?? []).flatMap(({ id }, at) => {
      const text = textsOf(suite, at)[key];
      return text === undefined ? [] : [`${id}=${text}`];
    });
    const said = [...(forAll === undefined ? [] : [forAll]), ...forOne];
    if (said.length > 0) return [{ key, value: said.join(', '), from: 'file' }];
    const isAlwaysTold = key === 'rate' || key === 'messages';
    return isAlwaysTold ? [{ key, value: 'each scenario’s own', from: 'default' }] : [];
  });
}

/** The flags again. */
export function replayedLoad(flags: LoadTexts): readonly string[] {
  return loadOptionNames.flatMap((name) => {
    const text = flags[name];
    return text === undefined ? [] : [`--${name} ${shellWord(text)}`];
  });
}
