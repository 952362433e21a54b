import type { JudgedCell } from '../../../harness/record/schema.ts';
import { isControl, isJudged } from '../../model/cells.ts';
import { type WindowRows, windowTable } from '../../model/windows.ts';
import { note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import { limits, shownOf, type View } from '../view.ts';
import { mostTelling } from './over-time.ts';

/** What cells did in each phase, each stage of their load, and before, during and after each fault. */
export function windowsSection({ record }: View): SafeHtml {
  const all = record.cells
    .filter(isJudged)
    .filter((cell) => !isControl(cell) && cell.windows.length > 0);
  if (all.length === 0) return nothing;
  const { headings, cells } = windowTable(chosen(all), limits.windowRows);
  const groups = headings.map(({ group, titles }) =>
    titles.length === 1
      ? html`<th scope="col">${group}</th>`
      : html`<th scope="colgroup" colspan="${titles.length}" class="g">${group}</th>`,
  );
  const titles = headings.flatMap((heading) => heading.titles);
  const left = shownOf(cells.length, all.length, 'cells');
  return html`<section id="phases" aria-labelledby="phases-h"><h2 id="phases-h">By phase and fault</h2>
<p class="lead">Rates by the length of each window; latencies of what became known in it. Dashes: nothing, or fewer than ten samples beyond the quantile. <code>ackmark show</code> prints every cell.</p>
<div class="scroll"><table class="figures"><thead><tr class="over"><td></td>${groups}</tr>
<tr><th scope="col">Window</th>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>${cells.map((cell) => cellRows(cell, titles.length))}</table></div>${note(left)}</section>`;
}

/** Timed cells and struck ones in turn, those with something to tell first. */
function chosen(all: readonly JudgedCell[]): readonly JudgedCell[] {
  const timed = all.filter(({ kind }) => kind === 'timed');
  const others = mostTelling(all.filter(({ kind }) => kind !== 'timed'));
  const fewest = Math.floor(limits.windowCells / 2);
  const ofOthers = Math.max(fewest, limits.windowCells - timed.length);
  const struck = others.slice(0, ofOthers);
  return [...timed.slice(0, limits.windowCells - struck.length), ...struck];
}

function cellRows({ cell, rows, total }: WindowRows, columns: number): SafeHtml {
  const left = shownOf(rows.length, total, 'windows');
  const lines = rows.map(
    ({ name, figures }) =>
      html`<tr><th scope="row">${name}</th>${figures.map((text) => html`<td>${text}</td>`)}</tr>`,
  );
  const more = left === '' ? nothing : html`<tr><td colspan="${columns + 1}">${left}</td></tr>`;
  return html`<tbody><tr><th scope="rowgroup" colspan="${columns + 1}">${cell}</th></tr>${lines}${more}</tbody>`;
}
