import { describe, expect, test } from 'vitest';
import { catalog } from '../../engines/catalog.ts';
import { allowed, forbiddenImports, namedEngines } from './import-graph.ts';
import { importsOf, sources } from './sources.ts';

const tree = sources();
const ids = [...catalog.map(({ id }) => id), 'null'];

describe('the house', () => {
  test('imports go one way: each folder its declared inputs, and run alone composes', () => {
    expect(forbiddenImports(tree)).toEqual([]);
  });

  test('no harness file names an engine', () => {
    expect(namedEngines(tree, ids)).toEqual([]);
  });

  test('the declared inputs have no cycle between folders of the harness', () => {
    const folders = Object.keys(allowed).filter((place) => place.startsWith('harness/'));
    const left = new Set(folders);
    for (let freed = true; freed; ) {
      const free = [...left].filter(
        (one) => !(allowed[one] ?? []).some((input) => left.has(input)),
      );
      for (const one of free) left.delete(one);
      freed = free.length > 0;
    }
    expect([...left]).toEqual([]);
  });

  test('every declared part of the house that has files is looked at', () => {
    const seen = tree.filter(({ path }) => path.startsWith('harness/'));
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.some((source) => importsOf(source).length > 0)).toBe(true);
  });
});

const planted = (path: string, text: string) => [{ path, text }];

describe('a planted violation is found when', () => {
  test.each([
    ['core imports anything', 'harness/core/x.ts', "import { a } from '../record/schema.ts';"],
    ['a folder composes', 'harness/check/x.ts', "import { b } from '../fault/proxy.ts';"],
    ['the command line reaches past run', 'harness/cli/x.ts', "import '../actors/actor.ts';"],
    [
      'a report reads a history',
      'reports/x.ts',
      "import type { C } from '../harness/history/sink.ts';",
    ],
    [
      'an engine imports another',
      'engines/kafka/x.ts',
      "import { d } from '../rabbitmq/client.ts';",
    ],
    [
      'an engine imports the harness',
      'engines/kafka/x.ts',
      "import '../../harness/run/execute.ts';",
    ],
    [
      'the harness imports an engine',
      'harness/run/x.ts',
      "await import('../../engines/kafka/engine.ts');",
    ],
    [
      'a worker of another folder is started',
      'harness/plan/x.ts',
      "new URL('../actors/actor.worker.ts', 0)",
    ],
    ['a folder is new and undeclared', 'harness/novel/x.ts', ''],
  ])('%s', (_what, path, text) => {
    expect(forbiddenImports(planted(path, text))).toHaveLength(1);
  });

  test.each([
    ['in a string', 'const engine = "kafka";'],
    ['as an identifier', 'const kafka = 1;'],
    ['in a list', "engines: ['log', 'queue'],"],
  ])('the harness names an engine %s', (_what, text) => {
    expect(namedEngines(planted('harness/plan/x.ts', text), ids).length).toBeGreaterThan(0);
  });
});

describe('nothing is found in', () => {
  test.each([
    ['declared inputs', 'harness/gate/x.ts', "import type { R } from '../record/schema.ts';"],
    ['a comment', 'harness/gate/x.ts', "// import { a } from '../run/execute.ts';"],
    ['an engine on the embedded parts', 'engines/log/x.ts', "import '../embedded/client.ts';"],
    ['an engine that speaks another’s protocol', 'engines/sns/x.ts', "import '../sqs/client.ts';"],
  ])('%s', (_what, path, text) => {
    expect(forbiddenImports(planted(path, text))).toEqual([]);
  });

  test('the families of engines, nor a comment that mentions an engine', () => {
    const text = "z.enum(['log', 'queue', 'broker']); // as kafka does it\nconst nothing = null;";
    expect(namedEngines(planted('harness/record/x.ts', text), ids)).toEqual([]);
  });
});
