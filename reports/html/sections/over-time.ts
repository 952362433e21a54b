import type { JudgedCell, SecondRow } from '../../../harness/record/schema.ts';
import { isControl, isJudged } from '../../model/cells.ts';
import { type CellState, stateOf } from '../../model/matrix.ts';
import { duration, plural, significant, whole } from '../../text/numbers.ts';
import { type FaultWindow, measures, overTimeChart, type TimePoint } from '../charts/over-time.ts';
import { legend } from '../charts/series-style.ts';
import { badge, note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import { limits, shownOf, type View } from '../view.ts';

const fewestPoints = 3;
const tableRows = 60;

/** Cells in which something went wrong are drawn first: they are what a reader wants to see. */
const drawFirst: readonly CellState[] = [
  'broken',
  'inconclusive',
  'error',
  'expected',
  'unclaimed',
  'kept',
  'held',
];

export async function overTimeSection(view: View): Promise<SafeHtml> {
  const all = view.record.cells
    .filter(isJudged)
    .filter(
      (cell) => !isControl(cell) && cell.faults.length > 0 && cell.series.length >= fewestPoints,
    );
  const figures: SafeHtml[] = [];
  for (const cell of mostTelling(all).slice(0, limits.timeFigures))
    figures.push(await figureOf(cell));
  if (figures.length === 0) return nothing;
  return html`<section id="over-time" aria-labelledby="over-time-h"><h2 id="over-time-h">Through the faults</h2>
<p class="lead">Throughput and the 99th percentile, second by second on the run’s clock; the first and the last second of a cell are not whole. Shaded: while the fault lasted.</p>
<div class="pair">${figures}</div>
${note(shownOf(figures.length, all.length, 'faulted cells'))}</section>`;
}

export function mostTelling(cells: readonly JudgedCell[]): readonly JudgedCell[] {
  return cells.toSorted((a, b) => rank(a) - rank(b));
}

function rank(cell: JudgedCell): number {
  const interesting = cell.clauses.some((clause) => clause.count > 0) ? 0 : 0.5;
  return drawFirst.indexOf(stateOf(cell)) + interesting * drawFirst.length;
}

async function figureOf(cell: JudgedCell): Promise<SafeHtml> {
  const points = pointsOf(cell);
  const windows = windowsOf(cell);
  const shown = points.slice(0, limits.timePoints);
  const chart = await overTimeChart(
    shown,
    windows.slice(0, limits.small),
    `Throughput and 99th percentile latency over ${plural(shown.length, 'second')} with ${plural(windows.length, 'fault window')}`,
  );
  const faults = cell.faults
    .slice(0, limits.small)
    .map(
      (fault, at) =>
        html`<li>F${at + 1} ${fault.kind} on ${fault.target}, ${faultTimes(cell, at)}</li>`,
    );
  return html`<figure><figcaption>${badge(stateOf(cell))} <b>${cell.id}</b><ul class="legend">${faults}</ul></figcaption>${chart}${legend(legendItems(shown))}${dataTable(shown)}${note(shownOf(shown.length, cell.seriesTotal, 'seconds'))}</figure>`;
}

function legendItems(points: readonly TimePoint[]) {
  return measures
    .filter(
      ({ measure, label }) => label !== '' && points.some((point) => point[measure] !== undefined),
    )
    .map(({ series, label }) => ({ series, label, note: '' }));
}

function faultTimes(cell: JudgedCell, at: number): string {
  const fault = cell.faults[at];
  if (fault === undefined) return '';
  const from = duration(fault.startedNs - cell.startedNs);
  return `${from} to ${duration(fault.stoppedNs - cell.startedNs)}`;
}

function windowsOf(cell: JudgedCell): FaultWindow[] {
  return cell.faults.map((fault, at) => ({
    label: `F${at + 1}`,
    from: Math.max(0, (fault.startedNs - cell.startedNs) / 1e9),
    to: Math.max(0, (Math.max(fault.startedNs, fault.stoppedNs) - cell.startedNs) / 1e9),
  }));
}

/** Seconds of the series count on the run's clock, as fault times do. */
function pointsOf(cell: JudgedCell): TimePoint[] {
  const replies = cell.series.some((row) => row.acknowledged > 0);
  return cell.series.map((row) => pointOf(row, row.second - cell.startedNs / 1e9, replies));
}

function pointOf(row: SecondRow, from: number, replies: boolean): TimePoint {
  const ms = (ns: number): number | undefined => (ns > 0 ? ns / 1e6 : undefined);
  return {
    from: Math.max(0, from),
    to: Math.max(0, from + 1),
    sent: row.sent,
    acknowledged: replies ? row.acknowledged : undefined,
    delivered: row.delivered,
    publishP99Ms: ms(row.publishP99Ns),
    endToEndP99Ms: ms(row.endToEndP99Ns),
    redeliveryP99Ms: ms(row.redeliveryP99Ns),
  };
}

function dataTable(points: readonly TimePoint[]): SafeHtml {
  const shown = points.slice(0, tableRows);
  const anyAgain = shown.some(({ redeliveryP99Ms }) => redeliveryP99Ms !== undefined);
  const rows = shown.map((point) => {
    const cells = [
      whole(point.sent),
      countText(point.acknowledged),
      whole(point.delivered),
      msText(point.publishP99Ms),
      msText(point.endToEndP99Ms),
      ...(anyAgain ? [msText(point.redeliveryP99Ms)] : []),
    ];
    return html`<tr><th scope="row">${point.from.toFixed(1)} s</th>${cells.map((text) => html`<td class="n">${text}</td>`)}</tr>`;
  });
  const left =
    shown.length < points.length ? note(shownOf(shown.length, points.length, 'seconds')) : nothing;
  return html`<details><summary>Data</summary><div class="in"><div class="scroll"><table><thead><tr><th scope="col">From</th><th scope="col" class="n">sent</th><th scope="col" class="n">acknowledged</th><th scope="col" class="n">delivered</th><th scope="col" class="n">publish p99, ms</th><th scope="col" class="n">end-to-end p99, ms</th>${anyAgain ? html`<th scope="col" class="n">redelivery p99, ms</th>` : nothing}</tr></thead><tbody>${rows}</tbody></table></div>${left}</div></details>`;
}

function countText(count: number | undefined): string {
  return count === undefined ? 'no reply' : whole(count);
}

function msText(ms: number | undefined): string {
  return ms === undefined ? '–' : significant(ms);
}
