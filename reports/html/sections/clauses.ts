import type { ClauseRecord, ClauseState, JudgedCell } from '../../../harness/record/schema.ts';
import { clauseRowsOf, idRanges, type QuietRow } from '../../model/clause-rows.ts';
import type { CellState } from '../../model/matrix.ts';
import { stateGlyph } from '../../model/words.ts';
import { percent, plural, whole } from '../../text/numbers.ts';
import { badge, note } from '../pieces.ts';
import { html, type SafeHtml, nothing } from '../safe-html.ts';

/**
 * What became of every clause of a cell: what was seen has a row of its own, quiet clauses with one claim
 * and one bound share a row, and what nobody asked for shares a line.
 */
export function clauseTable(cell: JudgedCell): SafeHtml {
  const { told, quiet, folded } = clauseRowsOf(cell);
  const rows = [...told.map(toldRow), ...quiet.map(quietRow)];
  const table =
    rows.length === 0
      ? nothing
      : html`<table class="clauses"><thead><tr><th scope="col">Clause</th><th scope="col">Claim</th><th scope="col">Evidence</th><th scope="col">State</th><th scope="col">Seen</th><th scope="col">Rate</th></tr></thead><tbody>${rows}</tbody></table>`;
  return html`${table}${note(foldedText(folded))}`;
}

function toldRow(clause: ClauseRecord): SafeHtml {
  const [state, word] = stateWords[clause.state];
  return html`<tr><th scope="row">${clause.check} ${clause.title}</th><td>${claimText(clause)}</td><td>${clause.evidence}</td><td>${badge(state, word)}${small(whyText(clause))}</td><td>${whole(clause.count)} of ${whole(clause.exposure)}</td><td>${rateText(clause)}</td></tr>`;
}

function quietRow({
  checks,
  like,
  evidence,
  exposureMin,
  exposureMax,
  upperBound,
}: QuietRow): SafeHtml {
  const [state, word] = stateWords[like.state];
  const most = exposureMin < exposureMax ? ` to ${whole(exposureMax)}` : '';
  const rate = like.state === 'undecided' ? '–' : `≤ ${percent(upperBound)}`;
  return html`<tr><th scope="row">${idRanges(checks)}</th><td>${claimText(like)}</td><td>${evidence.join(', ')}</td><td class="${state}">${stateGlyph[state]} ${word}${small(like.reason)}</td><td>0 of ${whole(exposureMin)}${most}</td><td>${rate}</td></tr>`;
}

/** A glyph and a word for each state of a clause; a SHOULD that held is as good as kept. */
const stateWords: Readonly<Record<ClauseState, readonly [CellState, string]>> = {
  kept: ['kept', 'kept'],
  broken: ['broken', 'broken'],
  expected: ['expected', 'expected'],
  'unexpectedly-kept': ['kept', 'kept, unexpectedly'],
  'should-held': ['kept', 'kept'],
  'should-violated': ['unclaimed', 'seen'],
  'unclaimed-violated': ['unclaimed', 'unclaimed, seen'],
  'unclaimed-held': ['held', 'unclaimed, held'],
  undecided: ['inconclusive', 'undecided'],
};

/** The obligation and the sets that it comes from. */
function claimText({ obligation, sets }: ClauseRecord): string {
  return obligation === 'may' ? '–' : `${obligation} ${sets.join(', ')}`;
}

function whyText({ reason, waiver, deviation }: ClauseRecord): string {
  const parts = [reason, waiver === undefined ? '' : `waived: ${waiver}`];
  if (deviation !== null) {
    const { id, expires, expired } = deviation;
    parts.push(`${id} ${expired ? 'expired on' : 'until'} ${expires}`);
  }
  return parts.filter((text) => text !== '').join('; ');
}

function small(text: string): SafeHtml {
  return text === '' ? nothing : html` <small>${text}</small>`;
}

function rateText({ state, count, rate, upperBound }: ClauseRecord): string {
  if (state === 'undecided') return '–';
  return count > 0 ? percent(rate) : `≤ ${percent(upperBound)}`;
}

function foldedText(folded: Parameters<typeof idRanges>[0]): string {
  if (folded.length === 0) return '';
  return `${plural(folded.length, 'further anomaly', 'further anomalies')}: none seen (${idRanges(folded)})`;
}
