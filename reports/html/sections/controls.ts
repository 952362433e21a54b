import type { ControlOutcome, RunRecord } from '../../../harness/record/schema.ts';
import { caveatsOf, whyNotShown } from '../../model/caveats.ts';
import { isControl, isForeign, isJudged } from '../../model/cells.ts';
import { percent, whole } from '../../text/numbers.ts';
import { badge, bullets, note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import { limits, shownOf, type View } from '../view.ts';

/** Could these checks have failed at all? A kept promise is worth what its control shows. */
export function controlsSection(view: View): SafeHtml {
  const controls = isForeign(view.record) ? nothing : controlsTable(view.record);
  const caveats = caveatsOf(view.record).map(({ text, fix }) =>
    fix === undefined ? text : `${text} (${fix})`,
  );
  if (controls === nothing && caveats.length === 0) return nothing;
  const title = controls === nothing ? 'Caveats' : 'Controls and caveats';
  const told = caveats.length === 0 ? note('None recorded.') : bullets(caveats, limits.caveats);
  return html`<section id="controls" aria-labelledby="controls-h"><h2 id="controls-h">${title}</h2>
${controls}${controls === nothing ? told : html`<h3>Caveats</h3>${told}`}</section>`;
}

function controlsTable(record: RunRecord): SafeHtml {
  const { controls } = record;
  const shown = controls.slice(0, limits.controls);
  return html`<p class="lead">Each scenario has a control that must show the anomaly: a weaker level, or a defect planted between the engine and the harness. A control carries no claim; one that shows nothing makes the passes beside it worthless.</p>
${
  shown.length === 0
    ? note('No control was part of this run.')
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Controls"><table><thead><tr><th scope="col">Scenario</th><th scope="col">Engine</th><th scope="col">Control</th><th scope="col">Must show</th><th scope="col">Outcome</th><th scope="col">Seen</th></tr></thead><tbody>${shown.map((control) => rowOf(control, record))}</tbody></table></div>`
}
${note(shownOf(shown.length, controls.length, 'controls'))}
`;
}

function rowOf(control: ControlOutcome, record: RunRecord): SafeHtml {
  return html`<tr><th scope="row">${control.scenario}</th><td>${control.engine}</td><td>${control.control}</td><td>${control.shows.join(', ')}</td><td>${outcomeBadge(control.outcome)}</td><td>${seenIn(control, record)}</td></tr>`;
}

function outcomeBadge(outcome: ControlOutcome['outcome']): SafeHtml {
  if (outcome === 'shown') return badge('kept', 'shown');
  return outcome === 'not-shown'
    ? badge('inconclusive', 'not shown')
    : badge('unsupported', 'not run');
}

function seenIn(control: ControlOutcome, record: RunRecord): SafeHtml {
  const cell = record.cells.filter(isJudged).find((candidate) => candidate.id === control.cell);
  if (cell === undefined) return html`<small>${whyNotShown(control, record) || '–'}</small>`;
  const seen = cell.clauses
    .filter((clause) => control.shows.includes(clause.check) && clause.count > 0)
    .map(
      (clause) =>
        `${clause.check}: ${whole(clause.count)} of ${whole(clause.exposure)} (${percent(clause.rate)})`,
    );
  const where = isControl(cell) ? 'planted cell' : 'cell';
  return html`${seen.join('; ')} <small class="sub">${where} ${cell.id}</small>`;
}
