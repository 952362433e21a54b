import type { CatalogEntry } from '../../engines/catalog.ts';
import type { Engine, Environment } from '../../engines/engine.ts';
import type { Fidelity } from '../../engines/fidelity.ts';
import type { FidelitySuite } from '../../scenarios/fidelity-suites.ts';
import { shellWord } from '../core/shell-word.ts';
import type { AskedEngine, PlannedTarget } from '../run/fidelity/plan.ts';
import { loadOptionNames } from './load/load-options.ts';
import { type Problem, throwProblems } from './problems.ts';
import { loadEngine, type NamedEngine, splitReference, targetOf } from './select-engines.ts';
import type { RunFlags, Setting } from './settings.ts';

export interface FidelitySettings {
  readonly engines: readonly AskedEngine[];
  readonly seed: number;
  readonly settings: readonly Setting[];
}

export interface FidelityInput {
  readonly suiteName: string;
  readonly suite: FidelitySuite;
  readonly flags: RunFlags;
  readonly directory: string;
  readonly environment: Environment;
  readonly catalog: readonly CatalogEntry[];
  readonly program: string;
  readonly freshSeed: () => number;
}

/** Of a load or of scenarios: a suite of clauses has none of them. */
const foreign = [
  ...(['scenario', 'level', 'rounds', 'history', 'controls', 'threshold', 'sweep'] as const),
  ...loadOptionNames,
] as const satisfies readonly (keyof RunFlags)[];

/** What to ask of whom, all mistakes at once. Flags that would be ignored are refused. */
export async function fidelitySettings(input: FidelityInput): Promise<FidelitySettings> {
  const { flags, suite, suiteName } = input;
  const problems: Problem[] = misplaced(flags, suiteName);
  const references = flags.engine ?? suite.engines;
  const named: NamedEngine[] = [];
  for (const reference of new Set(references)) {
    const { name, profile } = splitReference(reference);
    if (profile !== undefined) {
      const what = `clauses are about ${name} and not about a profile of it (${reference})`;
      problems.push({ place: '--engine', what });
    }
    const found = await loadEngine(name, input.directory, input.catalog, problems);
    if (found !== undefined) named.push(found);
  }
  const wanted = flags.target?.split(',').filter((name) => name !== '');
  const engines: AskedEngine[] = [];
  for (const one of named) {
    const fidelity = await clausesOf(one, suite, problems);
    const names = wanted ?? suite.targets[one.reference] ?? [one.defaultTarget];
    const targets = [...new Set(names)].flatMap(
      (name) => targetNamed(name, one, named, input, problems) ?? [],
    );
    if (fidelity !== undefined) engines.push({ engine: one.engine, fidelity, targets });
  }
  throwProblems(problems, 'USAGE', 'See `ackmark list engines` for the targets of each engine.');
  const from = (isGiven: boolean) => (isGiven ? ('flag' as const) : ('default' as const));
  const seed = flags.seed ?? input.freshSeed();
  return {
    engines,
    seed,
    settings: [
      { key: 'suite', value: suiteName, from: 'flag' },
      { key: 'engine', value: references.join(','), from: from(flags.engine !== undefined) },
      { key: 'target', value: targetsSaid(engines), from: from(wanted !== undefined) },
      { key: 'seed', value: String(seed), from: from(flags.seed !== undefined) },
    ],
  };
}

function misplaced(flags: RunFlags, suiteName: string): Problem[] {
  return foreign
    .filter((name) => flags[name] !== undefined)
    .map((name) => ({
      place: `--${name}`,
      what: `says nothing to ${suiteName}, which asks clause by clause and has no load`,
    }));
}

/** Those of the suite's pace; undefined where `problems` says why there are none. */
async function clausesOf(
  { engine, reference }: NamedEngine,
  { takes }: FidelitySuite,
  problems: Problem[],
): Promise<Fidelity | undefined> {
  const fidelity = await engine.fidelity?.();
  const clauses = fidelity?.clauses.filter((clause) => clause.takes === takes) ?? [];
  if (fidelity !== undefined && clauses.length > 0) return { ...fidelity, clauses };
  const what = `${reference} has no clauses of a document that take ${takes}`;
  problems.push({ place: '--engine', what });
  return undefined;
}

/** A target that only another of the engines has is one that this one is not asked on. */
function targetNamed(
  name: string,
  one: NamedEngine,
  all: readonly NamedEngine[],
  { environment, program, suiteName }: FidelityInput,
  problems: Problem[],
): PlannedTarget | undefined {
  const own = Object.keys(one.engine.provisioners);
  const isOthers = all.some(({ engine }) => Object.hasOwn(engine.provisioners, name));
  if (!own.includes(name) && isOthers) {
    const reason = `${one.reference} has no target ${name} (${own.join(', ')})`;
    return { is: 'unsupported', name, reason };
  }
  const target = targetOf(one, { target: name, environment }, problems);
  if (target === undefined) return undefined;
  const replay = `${program} run --suite ${suiteName} --engine ${shellWord(one.reference)} --target ${shellWord(name)}`;
  return { is: 'asked', name, planned: { ...plannedOf(one), target }, replay };
}

function plannedOf({ engine, module }: NamedEngine) {
  const { id, family }: Engine = engine;
  return { id, family, module, settings: {}, isLight: true };
}

function targetsSaid(engines: readonly AskedEngine[]): string {
  return [...new Set(engines.flatMap(({ targets }) => targets.map(({ name }) => name)))].join(',');
}
