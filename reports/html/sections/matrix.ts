import type {
  CellState,
  DeviatingAnomaly,
  MatrixCell,
  MatrixRow,
  SeenAnomaly,
} from '../../model/matrix.ts';
import { stateGlyph, stateMeaning, stateWord } from '../../model/words.ts';
import { percent, plural, whole } from '../../text/numbers.ts';
import { badge, note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import { shownOf, type View } from '../view.ts';

const notesShown = 4;

const keyOrder: readonly CellState[] = [
  'kept',
  'broken',
  'expected',
  'unclaimed',
  'held',
  'inconclusive',
  'error',
  'unsupported',
];

export function matrixSection(view: View): SafeHtml {
  const { matrix, headline } = view;
  const states = keyOrder.filter((state) =>
    matrix.rows.some((row) => row.cells.some((cell) => cell !== undefined && shows(cell, state))),
  );
  return html`<section id="promises" aria-labelledby="promises-h"><h2 id="promises-h">Which promises were kept</h2>
<p class="lead">Every profile says what it promises under which fault. A cell holds one profile in one scenario: first what became of its promises, below it what is only a warning and what was seen where nothing was promised.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="promises-h"><table class="matrix"><thead><tr><th scope="col">Profile</th>${matrix.scenarios.map((scenario) => html`<th scope="col">${scenario}</th>`)}</tr></thead><tbody>${matrix.rows.map((row) => rowOf(row, view))}</tbody></table></div>
${note(shownOf(matrix.rows.length, headline.profiles, 'profiles'))}${note(shownOf(matrix.scenarios.length, headline.scenarios, 'scenarios'))}
<ul class="key" aria-label="Key">${states.map((state) => html`<li>${badge(state)} ${stateMeaning[state]}</li>`)}</ul></section>`;
}

function shows(cell: MatrixCell, state: CellState): boolean {
  if (cell.state === state) return true;
  if (state === 'expected') return cell.expected.length > 0;
  return state === 'unclaimed' && cell.unclaimed.length > 0;
}

function rowOf(row: MatrixRow, view: View): SafeHtml {
  const promises = [row.level, ...row.promises].join(', ');
  return html`<tr><th scope="row">${row.name} <small class="sub">${promises}</small></th>${row.cells.map((cell) => cellOf(cell, view))}</tr>`;
}

function cellOf(cell: MatrixCell | undefined, view: View): SafeHtml {
  if (cell === undefined) return html`<td><span class="c unsupported">not planned</span></td>`;
  const id = view.cellId(cell);
  const label = html`<span aria-hidden="true">${stateGlyph[cell.state]}</span> ${stateWord[cell.state]}${detail(cell)}`;
  const notes = [
    ...(cell.state === 'expected' ? [] : cell.expected.map((one) => expectedNote(one, cell, view))),
    ...cell.should.map((one) => shouldNote(one, cell, view)),
    ...cell.unexpected.map(unexpectedNote),
    ...(cell.state === 'unclaimed' ? cell.unclaimed.slice(1) : cell.unclaimed).map((one) =>
      unclaimedNote(one, cell, view),
    ),
  ];
  const shown = notes.slice(0, notesShown);
  const left = notes.length - shown.length;
  return html`<td><a class="c ${cell.state}" href="#${id}">${label}</a>${shown}${
    left > 0 ? html`<small>and ${left} more</small>` : nothing
  }</td>`;
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
  const [first] = cell.rounds;
  if (cell.state === 'error' && first?.status === 'error') {
    return html` <small>${first.error.code}</small>`;
  }
  return cell.rounds.length > 1 ? html` <small>${cell.rounds.length} rounds</small>` : nothing;
}

function sentence({ check, title, count, exposure, rate }: SeenAnomaly): SafeHtml {
  return html`${check} ${title}: ${whole(count)} of ${whole(exposure)} <span class="nb">(${percent(rate)})</span>`;
}

function deviation(one: DeviatingAnomaly): SafeHtml {
  return html`${sentence(one)}, ${one.deviation} until <span class="nb">${one.expires}</span>`;
}

function expectedNote(one: DeviatingAnomaly, cell: MatrixCell, view: View): SafeHtml {
  const text = html`<span aria-hidden="true">${stateGlyph.expected}</span> expected ${deviation(one)}`;
  return linked(text, 'expected', one, cell, view);
}

function shouldNote(one: SeenAnomaly, cell: MatrixCell, view: View): SafeHtml {
  const text = html`<span aria-hidden="true">!</span> should not happen: ${sentence(one)}`;
  return linked(text, 'unclaimed', one, cell, view);
}

/** An excuse that nothing needed hides the day on which it would be needed for something else. */
function unexpectedNote({ check, exposure, deviation: id }: DeviatingAnomaly): SafeHtml {
  return html`<span class="more unclaimed"><span aria-hidden="true">!</span> ${check} kept in ${plural(exposure, 'chance')}, against ${id}</span>`;
}

/** The teaching part: what the level does not promise, and what that came to. */
function unclaimedNote(one: SeenAnomaly, cell: MatrixCell, view: View): SafeHtml {
  const text = html`<span aria-hidden="true">${stateGlyph.unclaimed}</span> unclaimed ${sentence(one)}`;
  return linked(text, 'unclaimed', one, cell, view);
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
