import { stripVTControlCharacters } from 'node:util';
import { capped, visible } from '../text/visible.ts';

const textLimit = 1_000;

/**
 * One field (RFC 4180), on one line. A spreadsheet takes what begins with one of `= + - @` for a formula: such text gets
 * an apostrophe in front (OWASP, CSV Injection). Numbers stay as they are.
 */
export function fieldOf(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : '';
  const shown = visible(capped(stripVTControlCharacters(value), textLimit));
  const tamed = /^[=+\-@]/.test(shown) ? `'${shown}` : shown;
  return /[",]/.test(tamed) || tamed.startsWith("'") ? `"${tamed.replaceAll('"', '""')}"` : tamed;
}

/** Lines end as RFC 4180 wants it. */
export function csvOf(
  titles: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string {
  return [titles, ...rows].map((row) => `${row.map(fieldOf).join(',')}\r\n`).join('');
}
