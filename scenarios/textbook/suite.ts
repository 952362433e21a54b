import { scenarios } from '../catalog.ts';
import { asItIs, type BuiltInSuite, type SuiteScenario } from '../suite.ts';
import { references, sentences } from './catalog.ts';
import { type Pair, type Sentence, type Side, sideOf } from './sentence.ts';

/** Where a control shows what it should in most rounds and not in all: what is proven in one is proven. */
const roundsOf: Readonly<Record<string, number>> = {
  transform: 2,
  // A figure with an interval takes as many.
  'drain-by-one': 3,
  'drain-by-two': 3,
  'drain-by-four': 3,
  'drain-by-four-of-four': 3,
  'drain-in-one-order': 3,
  'round-trips': 3,
  'one-partition': 3,
  'one-by-one': 3,
};

const loadOf: Readonly<Record<string, SuiteScenario['load']>> = {
  'transform-effect': { effects: 'postgres' },
};

interface Asked {
  readonly scenario: string;
  readonly engine: string;
  readonly reference: string;
}

/** What a run has to hold so that all sentences can be judged from it: each cell once, however many ask for it. */
export function suiteOf(of: readonly Sentence[]): BuiltInSuite {
  const asked = of.flatMap(({ trials }) => trials).flatMap(askedBy);
  const named = (isWanted: (engine: string) => boolean): string[] => [
    ...new Set(asked.filter(({ engine }) => isWanted(engine)).map(({ reference }) => reference)),
  ];
  return {
    engines: named((engine) => references.includes(engine)),
    onRequest: named((engine) => !references.includes(engine)),
    // Sentences have controls of their own.
    controls: false,
    sentences: of,
    scenarios: scenarios.flatMap(({ id }): SuiteScenario[] => {
      const engines = asked.filter(({ scenario }) => scenario === id);
      if (engines.length === 0) return [];
      const names = [...new Set(engines.map(({ reference }) => reference))];
      const load = loadOf[id];
      const suited = load === undefined ? {} : { load };
      return [{ ...asItIs(id), engines: names, rounds: roundsOf[id], ...suited }];
    }),
  };
}

function askedBy(trial: Sentence['trials'][number]): readonly Asked[] {
  return Object.entries(trial.systems).flatMap(([engine, pair]): Asked[] => {
    const treatment = sideOf(trial, pair, 'treatment');
    const control = sideOf(trial, pair, 'control');
    const asked = (side: Side, reference: string): Asked[] =>
      scenariosOf(side).map((scenario) => ({ scenario, engine, reference }));
    return [
      ...asked(treatment, `${engine}@${pair.treatment}`),
      ...asked(control, `${engine}@${pair.control}`),
      ...askedBeside(treatment, pair),
    ];
  });
}

/** Of the system that another one is measured against. */
function askedBeside({ shows }: Side, { against }: Pair): readonly Asked[] {
  if (against === undefined) return [];
  const engine = against.split('@', 1)[0] ?? against;
  return shows.flatMap((one) =>
    one.is === 'measured' ? [{ scenario: one.scenario, engine, reference: against }] : [],
  );
}

/** Its own, and those that its figures are measured by. */
function scenariosOf({ scenario, shows }: Side): readonly string[] {
  const others = shows.flatMap((one) => {
    if (one.is === 'ratio') return [one.over];
    return one.is === 'measured' ? [one.scenario] : [];
  });
  return [scenario, ...others];
}

export const textbook = suiteOf(sentences);
