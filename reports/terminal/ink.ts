import { stripVTControlCharacters } from 'node:util';
import type { ReportOptions, Role } from '../report.ts';
import { capped, visible } from '../text/visible.ts';

/** Text that is safe on a terminal, with the width it takes there and the role that colours it. */
export interface Span {
  readonly text: string;
  readonly width: number;
  readonly role: Role | undefined;
}

/** The only way from a string to the terminal: whatever it holds, it cannot move the cursor. */
export interface Ink {
  span(text: string, role?: Role): Span;
  paint(span: Span): string;
}

const textLimit = 400;

export function inkFor(options: ReportOptions): Ink {
  return {
    span(text, role) {
      const shown = visible(capped(stripVTControlCharacters(text), textLimit));
      const final = options.ascii ? toAscii(shown) : shown;
      return { text: final, width: widthOf(final), role };
    },
    paint: ({ text, role }) =>
      role === undefined || text === '' ? text : options.style(role, text),
  };
}

const asciiFor: ReadonlyMap<string, string> = new Map([
  ['✓', '+'],
  ['✗', 'x'],
  ['○', 'o'],
  ['–', '-'],
  ['·', '|'],
  ['…', '...'],
  ['×', 'x'],
  ['µ', 'u'],
  ['≤', '<='],
  ['≠', '#'],
  ['→', '->'],
]);

function toAscii(text: string): string {
  let ascii = '';
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    ascii += point < 0x7f ? character : (asciiFor.get(character) ?? `\\u{${point.toString(16)}}`);
  }
  return ascii;
}

/** Columns on a terminal; wide scripts and emoji take two, combining marks none. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character.codePointAt(0) ?? 0);
  return width;
}

function columnsOf(point: number): number {
  if (point < 0x300) return 1;
  if (point <= 0x36f || (point >= 0xfe00 && point <= 0xfe0f)) return 0;
  const wide =
    (point >= 0x1100 && point <= 0x115f) ||
    (point >= 0x2e80 && point <= 0xa4cf) ||
    (point >= 0xac00 && point <= 0xd7a3) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xfe30 && point <= 0xfe6f) ||
    (point >= 0xff00 && point <= 0xff60) ||
    (point >= 0x1f300 && point <= 0x1faff) ||
    (point >= 0x20000 && point <= 0x3fffd);
  return wide ? 2 : 1;
}
