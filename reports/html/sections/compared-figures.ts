import type {
  Comparison,
  ComparisonRow,
  ComparisonWord,
} from '../../../harness/record/comparison-schema.ts';
import { estimateText, metricWords } from '../../comparison/metric-words.ts';
import { factorText } from '../../comparison/ranking-words.ts';
import type { CellState } from '../../model/matrix.ts';
import { percent, plural, significant } from '../../text/numbers.ts';
import { bullets, note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';

const rowsShown = 300;

/** The colours of a verdict, and a glyph of its own: nobody kept or broke anything here. */
const lookOf: Readonly<
  Record<ComparisonWord, { readonly state: CellState; readonly glyph: string }>
> = {
  improved: { state: 'kept', glyph: '▲' },
  regressed: { state: 'broken', glyph: '▼' },
  'no change': { state: 'held', glyph: '=' },
  'within noise': { state: 'inconclusive', glyph: '?' },
};

/** Every figure of both runs with its word; absent where none was compared. */
export function figuresSection({ rows, alpha, minimumEffect }: Comparison): SafeHtml {
  if (rows.length === 0) return nothing;
  const shown = rows.slice(0, rowsShown);
  const left = shown.length < rows.length ? `${shown.length} of ${rows.length} rows shown.` : '';
  return html`<section id="figures" aria-labelledby="figures-h"><h2 id="figures-h">Figures</h2>
<p class="lead">A change counts from ${percent(minimumEffect)} on and at p ≤ ${alpha}, adjusted for the cells of each metric. Medians of the valid rounds and factors with 95 % intervals.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Figures of both runs"><table><thead><tr><th scope="col">Profile, scenario</th><th scope="col">Metric</th><th scope="col" class="n">Base</th><th scope="col" class="n">Head</th><th scope="col" class="n">Factor</th><th scope="col" class="n">p</th><th scope="col">Outcome</th></tr></thead>
<tbody>${shown.map(rowOf)}</tbody></table></div>${note(left)}${noiseOf(rows)}</section>`;
}

function rowOf(row: ComparisonRow): SafeHtml {
  return html`<tr><th scope="row">${row.profile} <small class="sub">${row.scenario}</small></th><td>${metricWords[row.metric].name}</td><td class="n">${estimateText(row.metric, row.base)}</td><td class="n">${estimateText(row.metric, row.head)}</td><td class="n">${factorText(row)}</td><td class="n">${significant(row.adjustedP, 2)}</td><td>${wordOf(row.word)}</td></tr>`;
}

function wordOf(word: ComparisonWord): SafeHtml {
  const { state, glyph } = lookOf[word];
  return html`<span class="badge ${state}"><span aria-hidden="true">${glyph}</span> ${word}</span>`;
}

/** Why rows are within noise, each reason once. */
function noiseOf(rows: readonly ComparisonRow[]): SafeHtml {
  const reasons = new Map<string, number>();
  for (const { word, reason } of rows) {
    if (word === 'within noise') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  if (reasons.size === 0) return nothing;
  const items = [...reasons].map(([why, count]) => `${plural(count, 'row')} within noise: ${why}`);
  return bullets(items, rowsShown);
}
