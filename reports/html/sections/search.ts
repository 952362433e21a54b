import type { PointOutcome, SearchRecord } from '../../../harness/record/search-schema.ts';
import type { CellState } from '../../model/matrix.ts';
import { limitOfSearch } from '../../model/limits.ts';
import {
  answerOf,
  answerState,
  type AnswerState,
  answerText,
  type CurveRow,
  curveRows,
} from '../../model/search.ts';
import { duration, plural, significant, whole } from '../../text/numbers.ts';
import { capacityChart, capacityLines, outcomeMarks } from '../charts/capacity.ts';
import { legend } from '../charts/series-style.ts';
import { badge, note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import { limits, shownOf, type View } from '../view.ts';

const stateOf: Readonly<Record<AnswerState, readonly [CellState, string]>> = {
  found: ['kept', 'found'],
  open: ['inconclusive', 'inconclusive'],
  missed: ['broken', 'missed'],
};
const badgeOf: Readonly<Record<PointOutcome, CellState>> = {
  met: 'kept',
  missed: 'broken',
  undecided: 'inconclusive',
  error: 'error',
};
const searchesShown = 8;

/** The capacity of each profile, with the latency on the way up to it and beyond; absent where nobody searched. */
export async function searchSection({ record }: View): Promise<SafeHtml> {
  const { searches } = record;
  if (searches.length === 0) return nothing;
  const figures: SafeHtml[] = [];
  for (const search of searches.slice(0, searchesShown)) figures.push(await searchFigure(search));
  return html`<section id="capacity" aria-labelledby="capacity-h"><h2 id="capacity-h">Capacity</h2>
<p class="lead">The highest rate at which the objective is met, nothing is lost or refused, the backlog does not grow, and the generator kept its timetable. Every other figure of this page is from the confirming runs at that rate.</p>
${figures}
${note(shownOf(figures.length, searches.length, 'searches'))}</section>`;
}

async function searchFigure(search: SearchRecord): Promise<SafeHtml> {
  const [state, word] = stateOf[answerState(search)];
  const rows = curveRows(search);
  const shown = rows.slice(0, limits.rows);
  const points = shown.flatMap(({ ratePerSecond, outcome, figures }) =>
    figures === undefined || figures.endToEndP99Ns <= 0
      ? []
      : [
          {
            ratePerSecond,
            outcome,
            p50Ms: figures.endToEndP50Ns / 1e6,
            p99Ms: figures.endToEndP99Ns / 1e6,
          },
        ],
  );
  const chart =
    points.length === 0
      ? note('Nothing was measured.')
      : await capacityChart(
          points,
          answerOf(search),
          drawnLimits(search).map(({ limitNs }) => limitNs / 1e6),
          `End-to-end latency at ${plural(points.length, 'rate')}, in milliseconds against messages a second`,
        );
  const used = new Set(shown.map(({ outcome }) => outcome));
  const key = (Object.keys(outcomeMarks) as PointOutcome[])
    .filter((outcome) => used.has(outcome))
    .map((outcome) => `${outcomeMarks[outcome].glyph} ${outcome}`)
    .join('  ');
  const limit = limitOfSearch(search);
  const cut =
    search.curve === 'cut' ? note('The curve is cut short: the search had to end.') : nothing;
  return html`<figure><figcaption>${badge(state, word)} <b>${search.profile}</b> <span>${search.scenario}: ${search.objectives.join(' and ')}</span><br>${answerText(search)}${limit === undefined ? nothing : html`<br><small>${limit}</small>`}</figcaption>${chart}${legend(
    capacityLines.map(({ series, label }) => ({ series, label, note: '' })),
  )}${note(`${key}; the upright line is the answer${limitNote(search)}. Each run ${search.pointSeconds} s.`)}${cut}${table(shown, answerOf(search))}${note(shownOf(shown.length, rows.length, 'rates'))}</figure>`;
}

/** The chart has end-to-end response times: other limits have no height in it. */
function drawnLimits({ limits: all }: SearchRecord): SearchRecord['limits'] {
  return all.filter(({ stage }) => stage === 'e2e.response').slice(0, limits.small);
}

function limitNote(search: SearchRecord): string {
  const drawn = drawnLimits(search);
  if (drawn.length === 0) return '';
  const [are, lines] = drawn.length === 1 ? ['is', 'line'] : ['are', 'lines'];
  return `, the level ${lines} ${are} ${drawn.map(({ text }) => text).join(' and ')}`;
}

function table(rows: readonly CurveRow[], answer: number | undefined): SafeHtml {
  const heads = ['share', 'runs', 'sent/s', 'delivered/s', 'p50', 'p99', 'p99.9', 'backlog/s'];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Rates"><table><thead><tr><th scope="col" class="n">msg/s</th>${heads.map((head) => html`<th scope="col" class="n">${head}</th>`)}<th scope="col" class="n">client µs/msg</th><th scope="col" class="n">broker µs/msg</th><th scope="col">Outcome</th></tr></thead><tbody>${rows.map((row) => rowOf(row, answer))}</tbody></table></div>
<details><summary>Commands</summary><div class="in">${rows.map(({ replay }) => html`<code class="cmd">${replay}</code>`)}</div></details>`;
}

function rowOf(row: CurveRow, answer: number | undefined): SafeHtml {
  const { figures, ratePerSecond, runs, outcome, reason, isAnswer } = row;
  const time = (ns: number | undefined): string =>
    ns === undefined || ns === 0 ? '–' : duration(ns);
  const count = (value: number | undefined): string => (value === undefined ? '–' : whole(value));
  const known = (value: number | null | undefined): string =>
    value === undefined || value === null ? '–' : significant(value);
  const cells = [
    answer === undefined ? '–' : `${Math.round((100 * ratePerSecond) / answer)} %`,
    whole(runs),
    count(figures?.achievedRatePerSecond),
    count(figures?.deliveredRatePerSecond),
    time(figures?.endToEndP50Ns),
    time(figures?.endToEndP99Ns),
    time(figures?.endToEndP999Ns),
    known(figures?.backlogPerSecond),
    known(figures?.clientCpuMicrosPerMessage),
    known(figures?.brokerCpuMicrosPerMessage),
  ];
  const said = isAnswer ? `${outcome}: the answer` : outcome;
  return html`<tr><th scope="row" class="n">${whole(ratePerSecond)}</th>${cells.map((text) => html`<td class="n">${text}</td>`)}<td>${badge(badgeOf[outcome], said)}${reason === '' ? nothing : html` <small class="sub">${reason}</small>`}</td></tr>`;
}
