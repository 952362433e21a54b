/**
 * Text from brokers, payloads and users may hold characters that act on a screen instead of showing:
 * escape sequences, line breaks, and marks that turn the writing direction. `visible` shows them as
 * escapes, so that two different strings never look alike and none can forge a line of a report.
 */
export function visible(text: string): string {
  let clean = true;
  for (let at = 0; at < text.length && clean; at += 1) clean = !suspect(text.charCodeAt(at));
  if (clean) return text;
  let shown = '';
  for (const character of text) shown += showCharacter(character);
  return shown;
}

/** Cheap first look: plain text below U+0590 and most of the rest never needs a closer one. */
function suspect(unit: number): boolean {
  return unit < 0x20 || (unit >= 0x7f && unit < 0xa0) || unit === 0xad || unit >= 0x0590;
}

const named: ReadonlyMap<number, string> = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x1b, '\\e'],
]);

function showCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  const name = named.get(point);
  if (name !== undefined) return name;
  return acting.test(character) ? `\\u{${point.toString(16)}}` : character;
}

/** Controls, format characters, separators of lines, lone surrogates, private use and unassigned. */
const acting = /[\p{C}\p{Zl}\p{Zp}]/u;

const encoder = new TextEncoder();

/** How far back a cut looks for a space: a longer word is cut as well. */
const longestWord = 40;

/** At most `limit` characters, cut between words; what is cut is counted in bytes. */
export function capped(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const high = text.charCodeAt(limit - 1);
  const most = high >= 0xd800 && high < 0xdc00 ? limit - 1 : limit;
  const space = text.lastIndexOf(' ', most);
  const cut = space > most - longestWord && space > most / 2 ? space : most;
  return `${text.slice(0, cut)}…(+${encoder.encode(text.slice(cut)).length} bytes)`;
}
