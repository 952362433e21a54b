import { stripVTControlCharacters } from 'node:util';
import { capped, visible } from '../text/visible.ts';

const textLimit = 400;

/** ASCII punctuation may always be escaped: CommonMark 0.31, section 2.4. */
const punctuation = /[!-/:-@[-`{-~]/g;
const harmless: ReadonlySet<string> = new Set([
  ',',
  '.',
  ';',
  ':',
  '/',
  '%',
  '-',
  '(',
  ')',
  "'",
  '"',
  '=',
  '?',
]);

/** What GitHub turns into a link although nothing marks it as one. */
const linkLike = /:(?=\/\/)|(?<=www)\./gi;

/**
 * Text inside a paragraph or a table's cell: it makes no markup, no link, no second line and no second cell. What
 * acts only at the start of a line is not escaped, so no line may begin with it.
 */
export function inline(text: string): string {
  const shown = visible(capped(stripVTControlCharacters(text), textLimit));
  return shown
    .replace(punctuation, (character) => (harmless.has(character) ? character : `\\${character}`))
    .replace(linkLike, '\\$&');
}

/** Text with each address of the web in it as a link; what else it holds stays text. */
export function linked(text: string): string {
  return text
    .split(/(https?:\/\/[\w\-./?#=&%]*[\w/])/)
    .map((part, at) => (at % 2 === 1 ? `<${part}>` : inline(part)))
    .join('');
}

/** A block of code that a reader may copy: its fence is longer than any run of backticks in it. */
export function codeBlock(lines: readonly string[]): string {
  const shown = lines.map((line) => visible(stripVTControlCharacters(line)));
  const runs = shown.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length);
  const fence = '`'.repeat(Math.max(3, ...runs.map((length) => length + 1)));
  return [`${fence}sh`, ...shown, fence].join('\n');
}

/** Cells are Markdown already; a table begins after an empty line. */
export function tableOf(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
