import * as fc from 'fast-check';
import { marked, type Token } from 'marked';
import { describe, expect, it } from 'vitest';
import { codeBlock, inline, linked, tableOf } from '../../../reports/markdown/safe-markdown.ts';

/** Kinds of all tokens, nested ones too, as GitHub's dialect reads them. */
function kindsOf(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token) => {
    const inner = 'tokens' in token ? (token.tokens ?? []) : [];
    if (token.type !== 'table') return [token.type, ...kindsOf(inner)];
    const cells = [...token.header, ...token.rows.flat()] as { readonly tokens: Token[] }[];
    return [token.type, ...cells.flatMap((cell) => kindsOf(cell.tokens))];
  });
}

const pieces = [
  '|',
  '`',
  '``',
  '*a*',
  '_b_ ',
  '[x](javascript:alert(1))',
  '<img src=x>',
  '\\',
  '&lt;',
  '\n',
  '\n\n# h',
  '| --- |',
  'https://example.org',
  'www.example.org',
  'a@example.org',
  '![',
  '](',
  '~~s~~',
  '‮',
  '\u001b[31m',
];
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { maxLength: 8 })
    .map((parts) => parts.join('')),
);

describe('text in a Markdown document', () => {
  it('is text and nothing else, whatever it holds', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const kinds = kindsOf(marked.lexer(`Seen: ${inline(text)}.`));
        expect(kinds.filter((kind) => !['paragraph', 'text', 'escape'].includes(kind))).toEqual([]);
      }),
    );
  });

  it('stays in its cell of a table', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hostile, hostile), { minLength: 1, maxLength: 4 }), (rows) => {
        const table = tableOf(
          ['One', 'Two'],
          rows.map((row) => row.map(inline)),
        );
        const tokens = marked.lexer(`${table}\n\nAfter.`).filter(({ type }) => type !== 'space');
        expect(tokens.map(({ type }) => type)).toEqual(['table', 'paragraph']);
        const [first] = tokens;
        expect(first?.type === 'table' && first['rows']).toHaveLength(rows.length);
        const plain = ['table', 'paragraph', 'text', 'escape'];
        expect(kindsOf(tokens).filter((kind) => !plain.includes(kind))).toEqual([]);
      }),
    );
  });

  it('is shown as it is', () => {
    const text = 'log@acks-1 | 100 % *sure* <b> a_b [x]';
    expect(marked.parseInline(inline(text))).toBe('log@acks-1 | 100 % *sure* &lt;b&gt; a_b [x]');
  });

  it('links an address of the web and no other', () => {
    const source =
      'https://kafka.apache.org/documentation/#semantics (Kafka 4.4), javascript:alert(1)';
    const tokens = marked
      .lexer(linked(source))
      .flatMap((token) => ('tokens' in token ? (token.tokens ?? []) : []));
    const links = tokens.flatMap((token) =>
      token.type === 'link' ? [token['href'] as string] : [],
    );
    expect(links).toEqual(['https://kafka.apache.org/documentation/#semantics']);
  });

  it('ends no block of code, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 3 }), (lines) => {
        const tokens = marked
          .lexer(`${codeBlock(lines)}\n\nAfter.`)
          .filter(({ type }) => type !== 'space');
        expect(tokens.map(({ type }) => type)).toEqual(['code', 'paragraph']);
      }),
    );
  });
});
