import type { CellState } from '../model/matrix.ts';
import { stateGlyph, stateWord } from '../model/words.ts';
import { html, type HtmlValue, nothing, type SafeHtml } from './safe-html.ts';

/** Small pieces that several sections share. */

export function badge(state: CellState, word: string = stateWord[state]): SafeHtml {
  return html`<span class="badge ${state}"><span aria-hidden="true">${stateGlyph[state]}</span> ${word}</span>`;
}

export function note(text: string): SafeHtml {
  return text === '' ? nothing : html`<p class="note">${text}</p>`;
}

export function definitions(entries: readonly (readonly [string, HtmlValue])[]): SafeHtml {
  return html`<dl class="kv">${entries.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`;
}

export function bullets(items: readonly string[], limit: number): SafeHtml {
  const shown = items.slice(0, limit);
  const left = items.length - shown.length;
  return html`<ul class="plain">${shown.map((item) => html`<li>${item}</li>`)}${
    left > 0 ? html`<li>… ${shown.length} of ${items.length} shown</li>` : nothing
  }</ul>`;
}

/** A bar of the given share, 0 to 1, under a number; the number itself carries the fact. */
export function bar(share: number): SafeHtml {
  const width = Math.max(0, Math.min(100, Math.round(share * 100)));
  return html`<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="4"/></svg>`;
}
