import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../engines/catalog.ts';
import { scenarios } from '../../scenarios/catalog.ts';
import { suites } from '../../scenarios/suites.ts';
import { anchorsIn, linksIn, rowsIn, wordsIn } from './documents.ts';
import { documents, isThere, type Source } from './sources.ts';

const all = new Map(documents().map((document) => [document.path, document]));

function named(path: string): Source {
  const document = all.get(path);
  if (document === undefined) throw new Error(`no document ${path}`);
  return document;
}

describe('documents', () => {
  it.each([...all.keys()])('%s links to what is there', (path) => {
    const lost = linksIn(named(path).text).filter(({ to, anchor }) => {
      const target = to === '' ? path : normalize(join(dirname(path), to));
      if (!isThere(target)) return true;
      return anchor !== '' && !anchorsIn(named(target).text).has(anchor);
    });
    expect(lost).toEqual([]);
  });

  it('tell every scenario once', () => {
    const told = rowsIn(named('docs/scenarios.md').text).flatMap(([first = '']) => wordsIn(first));
    expect(told.toSorted()).toEqual(scenarios.map(({ id }) => id).toSorted());
  });

  it('tell of a suite what it has', () => {
    const told = rowsIn(named('docs/scenarios.md').text).flatMap((cells) =>
      wordsIn(cells.join(' ')).flatMap((word) =>
        word.startsWith('--suite ') ? [[word.slice(8), wordsIn(cells[0] ?? '')] as const] : [],
      ),
    );
    expect(told.length).toBeGreaterThan(0);
    const wrong = told.filter(
      ([suite, ids]) => !suites[suite]?.scenarios.some(({ id }) => ids.includes(id)),
    );
    expect(wrong).toEqual([]);
  });

  it.each(catalog.map(({ id, load }) => [id, load] as const))(
    'tell every profile of %s in the README',
    async (id, load) => {
      const row = rowsIn(named('README.md').text).find(([first = '']) => first === `\`${id}\``);
      const { profiles } = (await load()).default;
      expect(wordsIn(row?.[2] ?? '').toSorted()).toEqual(Object.keys(profiles).toSorted());
    },
  );

  it('say of an unreleased change once that it was made', () => {
    const next = /^## Next\n([\s\S]*?)\n## /m.exec(named('CHANGELOG.md').text)?.[1] ?? '';
    const sentences = next.split('\n').filter((line) => line.startsWith('- '));
    expect(sentences.length).toBeGreaterThan(0);
    const begins = sentences.map((sentence) => sentence.slice(0, 100));
    expect(begins.filter((begin, at) => begins.indexOf(begin) !== at)).toEqual([]);
  });
});

describe('what is read of a document', () => {
  it('is its links, but none in code and none to elsewhere', () => {
    const text = 'See [a](b.md#c), [d](https://e.f) and [g](#h).\n```\n[i](j.md)\n```\n';
    expect(linksIn(text)).toEqual([
      { to: 'b.md', anchor: 'c' },
      { to: '', anchor: 'h' },
    ]);
  });

  it('is its headings as links name them', () => {
    const text = '# The `a` of B: c, d?\n## Twice\n## Twice\n```\n# no heading\n```\n';
    expect([...anchorsIn(text)]).toEqual(['the-a-of-b-c-d', 'twice', 'twice-1']);
  });
});
