import { scenarios } from '../catalog.ts';
import { asItIs, type BuiltInSuite, type SuiteScenario } from '../suite.ts';
import { references, sentences } from './catalog.ts';
import type { Sentence } from './sentence.ts';

/** Where a control shows what it should in most rounds and not in all: what is proven in one is proven. */
const roundsOf: Readonly<Record<string, number>> = { transform: 2 };

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

function askedBy({ systems, treatment, control }: Sentence['trials'][number]): readonly Asked[] {
  return Object.entries(systems).flatMap(([engine, pair]): Asked[] => [
    { scenario: treatment.scenario, engine, reference: `${engine}@${pair.treatment}` },
    { scenario: control.scenario, engine, reference: `${engine}@${pair.control}` },
  ]);
}

export const textbook = suiteOf(sentences);
