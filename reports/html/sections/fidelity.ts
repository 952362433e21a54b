import {
  answerMeaning,
  type AnswerShown,
  fidelityOf,
  type FidelityRow,
  type FidelityTable,
  keptAgainst,
  tallyOf,
} from '../../model/fidelity.ts';
import { maybeLink } from '../links.ts';
import { badge, note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import type { View } from '../view.ts';

/** Targets that stand for a service beside each other: what each answered to each clause of the service's document. */
export function fidelitySection({ record }: View): SafeHtml {
  const tables = fidelityOf(record);
  if (tables.length === 0) return nothing;
  return html`<section id="fidelity" aria-labelledby="fidelity-h"><h2 id="fidelity-h">Clause by clause</h2>
<p class="lead">What the documents of the services say, put to what stands for them here. Nothing of it says anything about the services themselves.</p>
<ul class="key">${answerMeaning.map(([state, word, meaning]) => html`<li>${badge(state, word)} ${meaning}</li>`)}</ul>
${tables.map(tableOf)}</section>`;
}

function tableOf(table: FidelityTable): SafeHtml {
  const { engine, document, targets, silent, groups } = table;
  const against = keptAgainst(table);
  return html`<h3>${engine}: ${document}</h3>
${silent.map(({ name, why }) => note(`${name} says nothing: ${why}`))}
${
  targets.length === 0
    ? nothing
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Clauses of ${engine}"><table>
<thead><tr><th scope="col">Clause</th>${targets.map((target) => html`<th scope="col">${target.name} <small class="sub">${target.title}: ${tallyOf(target)}</small></th>`)}</tr></thead>
${groups.map(({ name, rows }) => html`<tbody><tr><th scope="rowgroup" colspan="${targets.length + 1}">${name}</th></tr>${rows.map(rowOf)}</tbody>`)}</table></div>`
}
${against.map(({ clause, target, answer }) => note(`${target} kept ${clause.id} against ${answer.deviation?.id}: is that out of date?`))}
${targets.map(({ replay }) => html`<code class="cmd">${replay}</code>`)}`;
}

function rowOf({ clause, answers }: FidelityRow): SafeHtml {
  return html`<tr><th scope="row">${clause.says} <small class="sub">${maybeLink(clause.source, clause.id)}</small></th>${answers.map(cellOf)}</tr>`;
}

function cellOf(shown: AnswerShown | undefined): SafeHtml {
  if (shown === undefined) return html`<td>not asked</td>`;
  const { answer, state, word } = shown;
  const { deviation } = answer;
  const known =
    deviation === null || answer.verdict === 'kept'
      ? nothing
      : html`<small class="sub">${deviation.id}, until ${deviation.expires}: ${deviation.because}</small>`;
  return html`<td>${badge(state, word)} <small class="sub">${answer.request} → ${answer.answer}</small>${known}</td>`;
}
