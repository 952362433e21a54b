import { describe, expect, test } from 'vitest';
import { documents, sources } from './sources.ts';
import { longFiles, rules } from './tidy.ts';

const tree = sources();
const everything = [...tree, ...documents()];

function ruleNamed(start: string) {
  const rule = rules.find(({ name }) => name.startsWith(start));
  if (rule === undefined) throw new Error(`no rule ${start}`);
  return rule;
}

const forDocuments = /nothing is left|no words that sell/;

describe('tidy:', () => {
  test.each(rules)('$name', ({ name, problems }) => {
    const looked = forDocuments.test(name) ? everything : tree;
    expect(looked.filter(({ path }) => !path.startsWith('test/house/')).flatMap(problems)).toEqual(
      [],
    );
  });

  test('the list of long files names files that exist', () => {
    const paths = new Set(tree.map(({ path }) => path));
    expect(Object.keys(longFiles).filter((path) => !paths.has(path))).toEqual([]);
  });
});

const longFunction = `export function long(): void {\n${'  step();\n'.repeat(80)}}\n`;
const longMethod = `class A {\n  async long(a: number): Promise<void> {\n${'    step();\n'.repeat(80)}  }\n}\n`;

describe('a planted problem is found:', () => {
  test.each([
    ['no file is longer', 'harness/x.ts', '\n'.repeat(301)],
    ['no declared function', 'harness/x.ts', longFunction],
    ['no declared function', 'harness/x.ts', longMethod],
    ['nothing is left', 'docs/x.md', ['TO', 'DO: the rest'].join('')],
    ['the type checker', 'harness/x.ts', ['// @ts-', 'ignore'].join('')],
    ['any is no type', 'harness/x.ts', 'function f(x: any) {}'],
    ['any is no type', 'harness/x.ts', 'const y = x as any;'],
    ['any is no type', 'harness/x.ts', 'const y: Map<string, any> = z;'],
    ['randomness', 'engines/x.ts', 'const r = Math.random();'],
    ['randomness', 'test/x.test.ts', 'const t = Date.now();'],
    ['only entries', 'harness/cli/x.ts', 'const a = process.argv;'],
    [
      'only entries',
      'harness/cli/x.ts',
      "import { argv } from 'node:process';\nconst process = 1;",
    ],
    ['every test file', 'test/x.test.ts', "test('nothing', () => {});"],
    ['every test file', 'test/x.test.ts', "test.only('x', () => expect(1).toBe(1));"],
    ['names say', 'harness/utils.ts', ''],
    ['names say', 'harness/helpers/x.ts', ''],
    ['no words that sell', 'README.md', ['a blaz', 'ing engine'].join('')],
    ['no words that sell', 'docs/x.md', ['see /ho', 'me/someone/notes'].join('')],
  ])('%s (%s)', (name, path, text) => {
    expect(ruleNamed(name).problems({ path, text })).toHaveLength(1);
  });
});

describe('nothing is found in', () => {
  test.each([
    [
      'no declared function',
      'harness/x.ts',
      `function short(): void {\n  step();\n}\n${'step();\n'.repeat(90)}`,
    ],
    ['any is no type', 'harness/x.ts', "// as any system would\nconst any = 'any';"],
    ['randomness', 'harness/x.ts', '// Math.random is forbidden\nconst at = new Date(0);'],
    ['only entries', 'harness/x/a.worker.ts', 'process.exit(1);'],
    [
      'only entries',
      'engines/x/p.ts',
      'const process = await host.start(spec);\nawait process.kill();',
    ],
    ['only entries', 'engines/x/p.ts', "'process.roles': 'broker', pid: this.#process.pid"],
    ['every test file', 'test/x.test.ts', "contractSuite('x', setup);"],
  ])('%s (%s)', (name, path, text) => {
    expect(ruleNamed(name).problems({ path, text })).toEqual([]);
  });
});
