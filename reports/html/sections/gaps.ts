import { type GapRow, gapsOf } from '../../model/gaps.ts';
import { duration, whole } from '../../text/numbers.ts';
import { bar, note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import { limits, shownOf, type View } from '../view.ts';

/** How long nothing was acknowledged where one of several nodes was struck. */
export function gapsSection({ record }: View): SafeHtml {
  const all = gapsOf(record);
  if (all.length === 0) return nothing;
  const shown = all.slice(0, limits.gaps);
  const longestNs = Math.max(...all.map((row) => row.longestNs));
  return html`<section id="gaps" aria-labelledby="gaps-h"><h2 id="gaps-h">Longest gap</h2>
<p class="lead">The longest time in which a producer had sends unanswered and none was acknowledged, where one of several nodes or its machine was struck. What was lost is another question: who acknowledges everything has no gap.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Longest gap between acknowledgements"><table><caption>Over the cells of a profile in a scenario</caption>
<thead><tr><th scope="col">Profile</th><th scope="col">Scenario</th><th scope="col" class="n">Longest</th><th scope="col" class="n">Median</th><th scope="col" class="n">Cells</th></tr></thead>
<tbody>${shown.map((row) => rowOf(row, longestNs))}</tbody></table></div>${note(shownOf(shown.length, all.length, 'rows'))}</section>`;
}

function rowOf(row: GapRow, longestNs: number): SafeHtml {
  return html`<tr><th scope="row">${row.profile}</th><td>${row.scenario}</td><td class="n">${duration(row.longestNs)}${bar(row.longestNs / longestNs)}</td><td class="n">${duration(row.medianNs)}</td><td class="n">${whole(row.cells)}</td></tr>`;
}
