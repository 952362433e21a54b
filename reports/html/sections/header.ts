import { isForeign } from '../../model/cells.ts';
import { fidelityFigures } from '../../model/fidelity.ts';
import { limitsOf } from '../../model/headline.ts';
import { duration, noun, plural, whole } from '../../text/numbers.ts';
import { badge } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import type { View } from '../view.ts';

/** The verdict first, then what it rests on, and what nobody may conclude from it. */
export function header(view: View): SafeHtml {
  const { record, headline } = view;
  return html`<header class="top"><div class="wrap">
<p class="brand"><b>Ackmark</b> · What is an acknowledgement worth?</p>
<h1>${badge(headline.state, headline.word)} ${headline.sentence}</h1>
<p class="because">Exit code ${record.outcome.exitCode}: ${record.outcome.reason}</p>
${tiles(view)}
<dl class="facts">
<div><dt>Run</dt><dd>${record.id}</dd></div>
<div><dt>Started</dt><dd>${record.startedAt}</dd></div>
<div><dt>Took</dt><dd>${duration(record.tookNs)}</dd></div>
${isForeign(record) ? nothing : html`<div><dt>Seed</dt><dd>${record.seed}</dd></div>`}
<div><dt>Ackmark</dt><dd>${record.ackmark} on Node.js ${record.host.node}</dd></div>
</dl>
<code class="cmd" aria-label="Command that repeats the run">${record.command}</code>
<p class="not"><b>What this does not show.</b> ${limitsOf(record).join(' ')}</p>
</div></header>`;
}

function tiles(view: View): SafeHtml {
  return view.record.fidelity.length > 0 ? targetTiles(view) : cellTiles(view);
}

function targetTiles({ record }: View): SafeHtml {
  const { targets, kept, deviating, known, notModelled, inconclusive } = fidelityFigures(record);
  return html`<ul class="tiles">
${tile(whole(kept), 'answers as the documents say')}
${tile(whole(deviating), 'that deviate, and nobody had said so before')}
${tile(whole(known), 'that deviate as is known')}
${tile(whole(notModelled), 'clauses not modelled')}
${tile(whole(inconclusive), 'inconclusive')}
${tile(whole(targets), noun(targets, 'target'))}
</ul>`;
}

function cellTiles({ headline }: View): SafeHtml {
  const { states } = headline;
  const { claimsKept, claimsBroken, claimsExpected, claimsOpen } = headline;
  const claims = claimsKept + claimsBroken + claimsExpected + claimsOpen;
  const undecided = states.inconclusive + states.error;
  const planned =
    headline.cells === headline.cellsPlanned ? '' : ` of ${whole(headline.cellsPlanned)} planned`;
  return html`<ul class="tiles">
${tile(`${whole(claimsKept)} of ${whole(claims)}`, 'claimed clauses kept')}
${claimsExpected > 0 ? tile(whole(claimsExpected), 'broken as known deviations say') : nothing}
${headline.shouldViolated > 0 ? tile(whole(headline.shouldViolated), 'warnings: seen, and should not happen') : nothing}
${tile(whole(headline.unclaimedViolated), 'unclaimed clauses violated: what the weaker levels cost')}
${tile(whole(undecided), 'cells inconclusive or failed')}
${headline.controlsRun > 0 ? tile(`${headline.controlsShown} of ${headline.controlsRun}`, 'controls showed their anomaly') : nothing}
${tile(`${whole(headline.profiles)} × ${whole(headline.scenarios)}`, `${noun(headline.profiles, 'profile')} × ${noun(headline.scenarios, 'scenario')}, ${plural(headline.cells, 'cell')}${planned}`)}
</ul>`;
}

function tile(figure: string, label: string): SafeHtml {
  return html`<li><b>${figure}</b><span>${label}</span></li>`;
}

/** A part of the page that the reader can go to. */
export interface PageSection {
  readonly id: string;
  readonly label: string;
  readonly content: SafeHtml;
}

export function navigation(sections: readonly PageSection[]): SafeHtml {
  const links = sections.map(({ id, label }) => html`<li><a href="#${id}">${label}</a></li>`);
  return html`<nav aria-label="Sections"><div class="wrap"><ul>${links}</ul></div></nav>`;
}
