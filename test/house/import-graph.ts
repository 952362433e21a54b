import { importsOf, type Source, stringsOf, withoutComments } from './sources.ts';

/** Files or folders; a folder ends in a slash and stands for everything under it. */
type Place = string;

const contract: readonly Place[] = [
  'engines/engine.ts',
  'engines/external-access.ts',
  'engines/fidelity.ts',
  'engines/profile.ts',
  'engines/provisioner.ts',
  'engines/simulation.ts',
  'engines/target.ts',
  'engines/topology.ts',
  'engines/topology-needs.ts',
  'engines/traits.ts',
  'engines/wire.ts',
];
const core = 'harness/core/';
const record = 'harness/record/';
const scenarios = 'scenarios/';

/**
 * What each part of the house may import besides itself. The message's way is cli → plan → provision →
 * actors and fault → history → check and measure → record → reports → gate, and `run` alone composes it. What
 * compares is a fold over records that reports show.
 */
export const allowed: Readonly<Record<Place, readonly Place[]>> = {
  [core]: [],
  [record]: [core],
  'harness/history/': [core, record],
  'harness/import/': [core, record, 'harness/history/'],
  'harness/measure/': [core, record],
  'harness/check/': [core, record, scenarios],
  'harness/effects/': [core, scenarios, ...contract],
  'harness/actors/': [
    core,
    record,
    'harness/effects/',
    'harness/history/',
    'harness/measure/',
    scenarios,
    ...contract,
    'engines/engine-shape.ts',
    'engines/contract/validated.ts',
  ],
  'harness/fault/': [core, record, ...contract],
  'harness/plan/': [core, scenarios, ...contract],
  'harness/provision/': [core, ...contract],
  'harness/gate/': [core, record],
  'harness/compare/': [core, record, 'harness/measure/'],
  'harness/search/': [core, record, 'harness/measure/', 'harness/gate/thresholds/'],
  'harness/textbook/': [core, record, 'harness/measure/', scenarios],
  'harness/choose/': [core, record, scenarios],
  'harness/simulate/': [core, record, 'harness/check/', ...contract],
  'harness/selftest/': [core, record, 'harness/check/', 'harness/simulate/'],
  'harness/run/': [
    core,
    record,
    'harness/plan/',
    'harness/actors/',
    'harness/effects/',
    'harness/fault/',
    'harness/history/',
    'harness/import/',
    'harness/check/',
    'harness/measure/',
    'harness/provision/',
    'harness/gate/',
    'harness/search/',
    'harness/textbook/',
    scenarios,
    ...contract,
    'engines/engine-shape.ts',
  ],
  'harness/cli/': [
    core,
    record,
    'harness/effects/absent-stores.ts',
    'harness/history/disk.ts',
    'harness/history/node-disk.ts',
    'harness/import/',
    'harness/run/',
    'harness/plan/',
    'harness/provision/',
    'harness/gate/',
    'harness/search/',
    'harness/selftest/',
    'harness/simulate/',
    scenarios,
    'harness/compare/',
    'harness/choose/',
    'reports/catalog.ts',
    'reports/report.ts',
    'reports/comparison/',
    'reports/omb/',
    'reports/terminal/choice.ts',
    'reports/terminal/price.ts',
    'reports/terminal/windows.ts',
    'reports/markdown/findings.ts',
    'reports/markdown/textbook.ts',
    ...contract,
    'engines/catalog.ts',
    'engines/engine-shape.ts',
  ],
  'reports/': [core, record, 'harness/choose/', 'harness/compare/'],
  [scenarios]: [core, ...contract],
  'engines/engine.ts': [core, ...contract],
  'engines/external-access.ts': [core],
  'engines/access-failures.ts': [core, ...contract],
  'engines/afterwards.ts': [],
  'engines/all-started.ts': [],
  'engines/at-most.ts': [],
  'engines/endpoints.ts': [...contract],
  'engines/fifo.ts': [],
  'engines/from-earliest.ts': [core, ...contract],
  'engines/session-members.ts': [...contract],
  'engines/subscribed.ts': [core, ...contract],
  'engines/token-bucket.ts': [],
  'engines/profile.ts': [core],
  'engines/provisioner.ts': [core, ...contract],
  'engines/node-process.ts': [core, ...contract],
  'engines/debian/': [core, ...contract],
  'engines/maven/': [core, ...contract],
  'engines/aws/': [
    core,
    ...contract,
    'engines/access-failures.ts',
    'engines/at-most.ts',
    'engines/embedded/node-environment.ts',
    'engines/fifo.ts',
    'engines/node-process.ts',
    'engines/token-bucket.ts',
  ],
  'engines/fidelity.ts': [core, ...contract],
  'engines/target.ts': [],
  'engines/topology.ts': [],
  'engines/topology-needs.ts': [core, ...contract],
  'engines/traits.ts': [],
  'engines/simulation.ts': [core],
  'engines/wire.ts': [core],
  'engines/engine-shape.ts': [core, ...contract],
  'engines/contract/': [core, ...contract],
  'engines/embedded/': [
    core,
    ...contract,
    'engines/all-started.ts',
    'engines/fifo.ts',
    'engines/token-bucket.ts',
  ],
  'engines/catalog.ts': [...contract, 'engines/*/engine.ts', 'engines/*/simulation/simulation.ts'],
};

/** An engine that speaks another one's protocol may import it. */
const speaks: Readonly<Record<string, readonly Place[]>> = {
  redpanda: ['engines/kafka/'],
  sns: ['engines/sqs/'],
};

/** The part of the house that `path` is in, and what that part may import. */
function partOf(path: string): readonly [Place, readonly Place[]] | undefined {
  const known = Object.entries(allowed).find(([place]) => covers(place, path));
  if (known !== undefined) return known;
  const [, engine] = /^engines\/([^/]+)\//.exec(path) ?? [];
  if (engine === undefined) return undefined;
  const also = speaks[engine] ?? [];
  const shared = [
    'engines/embedded/',
    'engines/afterwards.ts',
    'engines/all-started.ts',
    'engines/at-most.ts',
    'engines/endpoints.ts',
    'engines/fifo.ts',
    'engines/from-earliest.ts',
    'engines/session-members.ts',
    'engines/subscribed.ts',
    'engines/node-process.ts',
    'engines/access-failures.ts',
    'engines/debian/',
    'engines/maven/',
    'engines/aws/',
  ];
  return [`engines/${engine}/`, [core, ...contract, ...shared, ...also]];
}

function covers(place: Place, path: string): boolean {
  if (place.endsWith('/')) return path.startsWith(place);
  if (!place.includes('*')) return path === place;
  const [before = '', after = ''] = place.split('*');
  return path.startsWith(before) && path.endsWith(after);
}

/** One line for each import that goes against the graph, naming file, import and what is allowed. */
export function forbiddenImports(of: readonly Source[]): readonly string[] {
  return of
    .filter(({ path }) => !path.startsWith('test/'))
    .flatMap((source) => {
      const part = partOf(source.path);
      if (part === undefined) return [`${source.path} is in no part of the house`];
      const [own, may] = part;
      return importsOf(source)
        .filter((target) => ![own, ...may].some((place) => covers(place, target)))
        .map((target) => `${source.path} imports ${target}; ${own} may import ${may.join(' ')}`);
    });
}

const families = ['log', 'queue', 'broker'];

/** One line for each harness file that names an engine in its code. */
export function namedEngines(of: readonly Source[], ids: readonly string[]): readonly string[] {
  return of
    .filter(({ path }) => path.startsWith('harness/'))
    .flatMap((source) => {
      // The three families are words of the contract, and two engines are called like theirs; where a
      // check's rule comes from has to name its vendor.
      const code = source.text
        .replaceAll(/'log', 'queue', 'broker'/g, '')
        .replaceAll(/\bsource:\s*'[^']*',/g, '');
      const all = stringsOf(code);
      const words = withoutComments(code).match(/[A-Za-z][a-z]+/g) ?? [];
      return ids.flatMap((id) => {
        const isCommon = families.includes(id) || id === 'null';
        const named =
          all.includes(id) || (!isCommon && words.some((word) => word.toLowerCase() === id));
        return named ? [`${source.path} names the engine "${id}"`] : [];
      });
    });
}
