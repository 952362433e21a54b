import { stripVTControlCharacters } from 'node:util';
import { capped, visible } from '../text/visible.ts';

const textLimit = 4_000;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * Text as it may stand between tags and inside quotes: no markup, and none of the characters that XML 1.0 (section 2.2)
 * has no place for, which are shown as escapes.
 */
export function xmlText(text: string): string {
  return visible(capped(stripVTControlCharacters(text), textLimit)).replace(
    /[&<>"']/g,
    (character) => escapes[character] ?? '',
  );
}

/** A tag with its attributes, `/` at the end of it left to the caller. */
export function tag(name: string, attributes: Readonly<Record<string, string | number>>): string {
  const shown = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${xmlText(`${value}`)}"`,
  );
  return `<${name}${shown.join('')}`;
}
