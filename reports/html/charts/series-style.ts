import { html, type SafeHtml } from '../safe-html.ts';

/** Colour and dash together, so that lines stay apart in print and for every eye. */
const dashes: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
];

export const seriesLimit = dashes.length;

export function seriesColor(at: number): string {
  return `var(--series-${at % seriesLimit})`;
}

export function seriesDash(at: number): number[] {
  return [...(dashes[at % seriesLimit] ?? [1, 0])];
}

export interface LegendItem {
  readonly series: number;
  readonly label: string;
  readonly note: string;
}

/** The legend is text of the page, not of the chart: it wraps, and names in it are escaped like all others. */
export function legend(items: readonly LegendItem[]): SafeHtml {
  return html`<ul class="legend">${items.map(
    ({ series, label, note }) =>
      html`<li><svg class="swatch" width="28" height="8" aria-hidden="true"><line x1="1" y1="4" x2="27" y2="4" stroke="${seriesColor(series)}" stroke-width="2.5" stroke-dasharray="${seriesDash(series).join(',')}"/></svg> ${label}${note === '' ? '' : html` <small>${note}</small>`}</li>`,
  )}</ul>`;
}
