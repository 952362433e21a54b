import type { ThresholdRecord } from '../../../harness/record/threshold-schema.ts';
import { figureText, thresholdsOf } from '../../model/thresholds.ts';
import { badge, note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import { limits, shownOf, type View } from '../view.ts';

/** What was asked of the figures; absent where nobody asked. */
export function thresholdsSection({ record }: View): SafeHtml {
  const all = thresholdsOf(record.thresholds);
  if (all.length === 0) return nothing;
  const shown = all.slice(0, limits.rows);
  return html`<section id="thresholds" aria-labelledby="thresholds-h"><h2 id="thresholds-h">Thresholds</h2>
<p class="lead">What was asked of this run. Timed figures are medians over the valid rounds; what has no figure is missed.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Thresholds"><table><thead><tr><th scope="col">Threshold</th><th scope="col">Cell</th><th scope="col">Figure</th><th scope="col">Outcome</th></tr></thead><tbody>${shown.map(rowOf)}</tbody></table></div>
${note(shownOf(shown.length, all.length, 'thresholds'))}</section>`;
}

function rowOf(threshold: ThresholdRecord): SafeHtml {
  const outcome = threshold.isMet ? badge('kept', 'met') : badge('broken', 'missed');
  return html`<tr><th scope="row">${threshold.threshold}</th><td>${threshold.cell || 'no cell'}</td><td>${figureText(threshold)}</td><td>${outcome}</td></tr>`;
}
