import type {
  CellState,
  DeviatingAnomaly,
  MatrixCell,
  MatrixRow,
  SeenAnomaly,
} from '../../model/matrix.ts';
import { marksIn } from '../../model/remarks.ts';
import { type CellMark, stateGlyph, stateMeaning, stateWord } from '../../model/words.ts';
import { percent, plural, whole } from '../../text/numbers.ts';
import { capped } from '../../text/visible.ts';
import { note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import { shownOf, type View } from '../view.ts';

const notesShown = 4;

export function matrixSection(view: View): SafeHtml {
  const { matrix, headline } = view;
  const cells = matrix.rows.flatMap((row) => row.cells);
  return html`<section id="promises" aria-labelledby="promises-h"><h2 id="promises-h">Which promises were kept</h2>
<p class="lead">Every profile says what it promises under which fault. A cell holds one profile in one scenario: first what became of its promises, below it what is only a warning and what was seen where nothing was promised.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="promises-h"><table class="matrix"><thead><tr><th scope="col">Profile</th>${matrix.scenarios.map((scenario) => html`<th scope="col">${scenario}</th>`)}</tr></thead><tbody>${matrix.rows.map((row) => rowOf(row, view))}</tbody></table></div>
${note(shownOf(matrix.rows.length, headline.profiles, 'profiles'))}${note(shownOf(matrix.scenarios.length, headline.scenarios, 'scenarios'))}
<ul class="key" aria-label="Key">${marksIn(cells, shownNotes).map(keyItem)}</ul></section>`;
}

/** Nothing that a cell writes may lack its key, and the key holds nothing else. */
function keyItem(mark: CellMark): SafeHtml {
  return html`<li><span class="badge ${markClass[mark] ?? mark}"><span aria-hidden="true">${stateGlyph[mark]}</span> ${stateWord[mark]}</span> ${stateMeaning[mark]}</li>`;
}

/** Of marks that have no colour of their own. */
const markClass: Readonly<Partial<Record<CellMark, CellState>>> = {
  should: 'unclaimed',
  against: 'unclaimed',
  unplanned: 'unsupported',
};

function rowOf(row: MatrixRow, view: View): SafeHtml {
  const promises = [row.level, ...row.promises].join(', ');
  return html`<tr><th scope="row">${row.name} <small class="sub">${promises}</small></th>${row.cells.map((cell) => cellOf(cell, view))}</tr>`;
}

function cellOf(cell: MatrixCell | undefined, view: View): SafeHtml {
  if (cell === undefined)
    return html`<td><span class="c unsupported"><span aria-hidden="true">${stateGlyph.unplanned}</span> ${stateWord.unplanned}</span></td>`;
  const id = view.cellId(cell);
  const label = html`<span aria-hidden="true">${stateGlyph[cell.state]}</span> ${stateWord[cell.state]}${detail(cell)}`;
  const notes = notesOf(cell);
  const shown = shownNotes(cell);
  const left = notes.length - shown.length;
  return html`<td><a class="c ${cell.state}" href="#${id}">${label}</a>${shown.map((one) => noteHtml(one, cell, view))}${
    left > 0 ? html`<small>and ${left} more</small>` : nothing
  }</td>`;
}

/** What stands under the state of a cell. */
type Note =
  | { readonly mark: 'expected' | 'against'; readonly anomaly: DeviatingAnomaly }
  | { readonly mark: 'should' | 'unclaimed'; readonly anomaly: SeenAnomaly };

function notesOf(cell: MatrixCell): readonly Note[] {
  const expected = cell.state === 'expected' ? [] : cell.expected;
  const unclaimed = cell.state === 'unclaimed' ? cell.unclaimed.slice(1) : cell.unclaimed;
  return [
    ...expected.map((anomaly) => ({ mark: 'expected' as const, anomaly })),
    ...cell.should.map((anomaly) => ({ mark: 'should' as const, anomaly })),
    ...cell.unexpected.map((anomaly) => ({ mark: 'against' as const, anomaly })),
    ...unclaimed.map((anomaly) => ({ mark: 'unclaimed' as const, anomaly })),
  ];
}

function shownNotes(cell: MatrixCell): readonly Note[] {
  return notesOf(cell).slice(0, notesShown);
}

function detail(cell: MatrixCell): SafeHtml {
  if (cell.state === 'broken')
    return html` <small>${cell.broken.map((one) => html`<span class="sub">${sentence(one)}</span>`)}</small>`;
  if (cell.state === 'expected') {
    return html` <small>${cell.expected.map((one) => html`<span class="sub">${deviation(one)}</span>`)}</small>`;
  }
  if (cell.state === 'unclaimed') {
    return html` <small>${cell.unclaimed.slice(0, 1).map(sentence)}</small>`;
  }
  if (cell.state === 'held' && cell.exposure > 0) {
    return html` <small>n ≥ ${whole(cell.exposure)}, rate ≤ ${percent(cell.upperBound)}</small>`;
  }
  if (cell.state === 'inconclusive') return whyInconclusive(cell);
  const [first] = cell.rounds;
  if (cell.state === 'error' && first?.status === 'error') {
    return html` <small>${first.error.code}</small>`;
  }
  return cell.rounds.length > 1 ? html` <small>${cell.rounds.length} rounds</small>` : nothing;
}

const reasonLimit = 120;

/** The first reason of the first round that has one; the cell's own entry has them all. */
function whyInconclusive({ rounds }: MatrixCell): SafeHtml {
  const [reason] = rounds.flatMap((round) =>
    round.status === 'judged' && round.verdict === 'inconclusive' ? round.reasons : [],
  );
  return reason === undefined ? nothing : html` <small>${capped(reason, reasonLimit)}</small>`;
}

function sentence({ check, title, count, exposure, rate }: SeenAnomaly): SafeHtml {
  return html`${check} ${title}: ${whole(count)} of ${whole(exposure)} <span class="nb">(${percent(rate)})</span>`;
}

function deviation(one: DeviatingAnomaly): SafeHtml {
  return html`${sentence(one)}, ${one.deviation} until <span class="nb">${one.expires}</span>`;
}

function noteHtml(note: Note, cell: MatrixCell, view: View): SafeHtml {
  const begin = html`<span aria-hidden="true">${stateGlyph[note.mark]}</span> ${stateWord[note.mark]}`;
  const { anomaly } = note;
  switch (note.mark) {
    case 'expected':
      return linked(html`${begin} ${deviation(note.anomaly)}`, 'expected', anomaly, cell, view);
    case 'should':
      return linked(html`${begin}: ${sentence(anomaly)}`, 'unclaimed', anomaly, cell, view);
    case 'against':
      return html`<span class="more unclaimed">${begin} ${againstText(note.anomaly)}</span>`;
    case 'unclaimed':
      return linked(html`${begin} ${sentence(anomaly)}`, 'unclaimed', anomaly, cell, view);
  }
}

/** An excuse that nothing needed hides the day on which it would be needed for something else. */
function againstText({ check, exposure, deviation: id }: DeviatingAnomaly): string {
  return `${id}: ${check} in ${plural(exposure, 'chance')}`;
}

function linked(
  text: SafeHtml,
  state: CellState,
  { check }: SeenAnomaly,
  cell: MatrixCell,
  view: View,
): SafeHtml {
  const id = view.findingId(cell, check);
  return id === undefined
    ? html`<span class="more ${state}">${text}</span>`
    : html`<a class="more ${state}" href="#${id}">${text}</a>`;
}
