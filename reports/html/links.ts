import { hashText } from '../../harness/core/random.ts';
import { html, type SafeHtml } from './safe-html.ts';

/** Stable ids from names, so that a link into a report can be quoted and still works in the next run. */
export class Anchors {
  readonly #taken = new Set<string>();

  /** Two things with one name get `.2`, `.3` and so on, in the order of the record. */
  claim(...parts: readonly string[]): string {
    const wanted = parts.map(slug).join('.');
    let id = wanted;
    for (let n = 2; this.#taken.has(id); n += 1) id = `${wanted}.${n}`;
    this.#taken.add(id);
    return id;
  }
}

const partLimit = 60;

function slug(name: string): string {
  const short = name.length <= partLimit ? name : `${name.slice(0, partLimit)}-${hashText(name)}`;
  let id = '';
  for (const character of short) {
    id += /^[A-Za-z0-9-]$/.test(character)
      ? character
      : `_${(character.codePointAt(0) ?? 0).toString(16)}`;
  }
  return id === '' ? '_' : id;
}

/** Text that is a link only when it is an http(s) address; every other scheme stays text. */
export function maybeLink(text: string, label = text): SafeHtml {
  if (text.length > 500 || !URL.canParse(text)) return html`${text}`;
  const { protocol, href } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return html`${text}`;
  return html`<a href="${href}" rel="noreferrer">${label}</a>`;
}
