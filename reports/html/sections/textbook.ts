import type { SideRecord } from '../../../harness/record/textbook-schema.ts';
import { sentenceVerdicts } from '../../../harness/record/textbook-schema.ts';
import {
  type SentenceShown,
  textbookOf,
  type TrialShown,
  verdictMeaning,
  verdictState,
  verdictWord,
} from '../../model/textbook.ts';
import { badge, bullets, note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import { limits, shownOf, type View } from '../view.ts';

/** A chapter: each sentence with its verdict, what was seen with and without what it relies on, and how to see it again. */
export function textbookSection({ record }: View): SafeHtml {
  if (record.textbook.length === 0) return nothing;
  const { asked, unasked, tally } = textbookOf(record);
  const shown = asked.slice(0, limits.rows);
  return html`<section id="textbook" aria-labelledby="textbook-h"><h2 id="textbook-h">The textbook on trial</h2>
<p class="lead">Sentences that people repeat about queues and logs. Each was tried twice on every system: with what it relies on, and without, as its control. It holds where both differ as it says. ${tally}.</p>
${shown.map(sentenceOf)}
${note(shownOf(shown.length, asked.length, 'sentences'))}
${note(unasked.length === 0 ? '' : `Not run: ${unasked.map(({ id }) => id).join(', ')}.`)}
<ul class="key">${sentenceVerdicts.map((verdict) => html`<li>${badge(verdictState[verdict], verdictWord[verdict])} ${verdictMeaning[verdict]}</li>`)}</ul></section>`;
}

function sentenceOf({ sentence, trials }: SentenceShown): SafeHtml {
  const { id, text, verdict, because, untried } = sentence;
  const rows = trials.slice(0, limits.rows);
  return html`<h3>${id}. ${text}</h3>
<p>${badge(verdictState[verdict], verdictWord[verdict])} ${because}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Trials of sentence ${id}"><table>
<thead><tr><th scope="col">Trial</th><th scope="col">With it</th><th scope="col">Control</th></tr></thead>
<tbody>${rows.map(trialOf)}</tbody></table></div>
${note(shownOf(rows.length, trials.length, 'trials'))}
${untried.length === 0 ? nothing : html`<p class="note">Not tried: ${untried.join('; ')}.</p>`}`;
}

const trialState = {
  differs: 'held',
  contradicted: 'broken',
  inconclusive: 'inconclusive',
  'not-run': 'unsupported',
} as const;

const trialWord = {
  differs: 'they differ',
  contradicted: 'not as it says',
  inconclusive: 'inconclusive',
  'not-run': 'not run',
} as const;

function trialOf({ says, system }: TrialShown): SafeHtml {
  const { outcome, treatment, control } = system;
  return html`<tr><th scope="row">${says} <small class="sub">${badge(trialState[outcome], trialWord[outcome])}</small></th>${sideOf(treatment)}${sideOf(control)}</tr>`;
}

function sideOf({ profile, scenario, seen, replay }: SideRecord): SafeHtml {
  const command = replay === '' ? nothing : html`<code class="cmd">${replay}</code>`;
  return html`<td><b>${profile}</b> <small>${scenario}</small>${bullets(seen, limits.small)}${command}</td>`;
}
