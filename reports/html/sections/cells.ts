import type { CellRecord, JudgedCell } from '../../../harness/record/schema.ts';
import { limitText } from '../../model/limits.ts';
import type { MatrixCell, MatrixRow } from '../../model/matrix.ts';
import { bytes, duration, plural, significant, whole } from '../../text/numbers.ts';
import { backlogText } from '../../text/backlog.ts';
import { resourcesText } from '../../text/resources.ts';
import { maybeLink } from '../links.ts';
import { badge, definitions, note } from '../pieces.ts';
import { html, type HtmlValue, nothing, type SafeHtml } from '../safe-html.ts';
import { limits, shownOf, type View } from '../view.ts';
import { clauseTable } from './clauses.ts';
import { faultList } from './findings.ts';

/** Everything a cell was and did; the resolved configuration is where unfair comparisons hide. */
export function cellsSection(view: View): SafeHtml {
  return html`<section id="cells" aria-labelledby="cells-h"><h2 id="cells-h">Cells in detail</h2>
<p class="lead">What each cell ran with, what it did, and what every check decided. The ids are told <a href="#vocabulary">below</a>.</p>
${scenarioList(view)}
${view.matrix.rows.map((row) => profileCells(row, view))}</section>`;
}

/** What the scenarios are is told once, not cell by cell. */
function scenarioList({ matrix, record }: View): SafeHtml {
  return definitions(
    matrix.scenarios.map((scenario) => {
      const cell = record.cells.find((candidate) => candidate.scenario === scenario);
      return [scenario, cell === undefined ? undefined : scenarioText(cell)];
    }),
  );
}

function scenarioText({ scenarioSummary, load }: CellRecord): SafeHtml {
  const traits = Object.entries(load).map(([trait, value]) => `${trait} ${value}`);
  return traits.length === 0
    ? html`${scenarioSummary}`
    : html`${scenarioSummary}<br><small>Load: ${traits.join(', ')}</small>`;
}

function profileCells(row: MatrixRow, view: View): SafeHtml {
  const first = firstJudged(row);
  const shared =
    first === undefined
      ? note('No cell of this profile was judged.')
      : definitions(configuration(first));
  const items = row.cells.map((cell, at) =>
    cell === undefined ? nothing : cellItem(cell, view.matrix.scenarios[at] ?? '', first, view),
  );
  return html`<h3>${row.name}</h3>${shared}<div class="stack">${items}</div>`;
}

type Entry = readonly [string, HtmlValue];

/** The configuration of a profile is told once; a cell repeats only what differs from it. */
function configuration(cell: JudgedCell): Entry[] {
  const { target } = cell;
  const nodes = target.nodes === 1 ? 'one node' : plural(target.nodes, 'node');
  const options: Entry[] =
    cell.options === '{}' ? [] : [['Options', html`<code>${wrappable(cell.options)}</code>`]];
  return [
    [
      'Target',
      target.kind === 'history' ? target.title : `${target.title} (${target.kind}), ${nodes}`,
    ],
    [
      'Promises',
      html`${[cell.level, ...cell.promises].join(', ')}, stated by ${maybeLink(cell.claimSource)}`,
    ],
    ['Effective', lines(cell.effective)],
    ...options,
    ['Consumption', `${cell.facts.consumption}; settlements proved: ${cell.facts.ackReply}`],
  ];
}

/** JSON that may be folded between its entries, not within their words. */
function wrappable(json: string): string {
  return json.replaceAll(',"', ', "');
}

function differences(cell: JudgedCell, shared: JudgedCell | undefined): Entry[] {
  if (shared === undefined) return configuration(cell);
  const common = new Map(configuration(shared).map(([term, value]) => [term, String(value)]));
  return configuration(cell).filter(([term, value]) => common.get(term) !== String(value));
}

function firstJudged(row: MatrixRow): JudgedCell | undefined {
  for (const cell of row.cells) {
    for (const round of cell?.rounds ?? []) if (round.status === 'judged') return round;
  }
  return undefined;
}

function lines(items: readonly string[]): SafeHtml {
  const shown = items.slice(0, limits.effective);
  return html`${shown.map((item, at) => html`${at > 0 ? html`<br>` : nothing}${item}`)}${note(shownOf(shown.length, items.length, 'lines'))}`;
}

function cellItem(
  cell: MatrixCell,
  scenario: string,
  shared: JudgedCell | undefined,
  view: View,
): SafeHtml {
  const rounds = cell.rounds.slice(0, limits.rounds);
  return html`<details><summary>${badge(cell.state)} <b>${scenario}</b> <small>${summaryText(cell)}</small></summary><div class="in" id="${view.cellId(cell)}">${rounds.map((round) => roundOf(round, cell.rounds.length, shared))}${note(shownOf(rounds.length, cell.rounds.length, 'rounds'))}</div></details>`;
}

function summaryText({ rounds }: MatrixCell): string {
  const [first] = rounds;
  if (first?.status === 'unsupported') return first.reason;
  if (first?.status === 'error') return first.error.message;
  if (first === undefined) return '';
  const { sent, distinctDelivered, redelivered } = first.counts;
  const again = redelivered === 0 ? '' : `, ${plural(redelivered, 'time')} again`;
  const times = rounds.length > 1 ? `; first of ${rounds.length} rounds` : '';
  return `${whole(sent)} sent, ${whole(distinctDelivered)} delivered${again}${times}`;
}

function roundOf(cell: CellRecord, rounds: number, shared: JudgedCell | undefined): SafeHtml {
  const title = rounds > 1 ? html`<h4>Round ${cell.round}</h4>` : nothing;
  return html`${title}${cell.status === 'judged' ? judgedRound(cell, shared) : unjudgedRound(cell)}<code class="cmd">${cell.replay}</code>`;
}

function unjudgedRound(cell: Exclude<CellRecord, JudgedCell>): SafeHtml {
  if (cell.status === 'unsupported') return definitions([['Unsupported', cell.reason]]);
  const { code, message, hint } = cell.error;
  return definitions([
    [code, message],
    ['What to do', hint],
  ]);
}

function judgedRound(cell: JudgedCell, shared: JudgedCell | undefined): SafeHtml {
  const entries: Entry[] = [
    ...differences(cell, shared),
    ['Claimed', cell.claimed ? `yes, under ${cell.under}` : `nothing under ${cell.under}`],
  ];
  if (cell.reasons.length > 0) entries.push(['Because', lines(cell.reasons)]);
  entries.push(['Messages', countsText(cell)]);
  if (cell.longestGapNs !== null) {
    entries.push(['Longest gap', `${duration(cell.longestGapNs)} between acknowledgements`]);
  }
  if (cell.faults.length > 0) entries.push(['Faults', faultList(cell)]);
  entries.push(
    [
      'Drain',
      `${cell.drain.complete ? 'complete' : 'not complete'} by ${cell.drain.by}, ${duration(cell.drain.tookNs)}`,
    ],
    ...loadEntries(cell),
    ...againEntries(cell),
    ['Took', tookText(cell)],
    ['History', historyText(cell)],
    ['Outcomes', outcomesText(cell)],
  );
  if (cell.performance.status !== 'untimed') entries.push(['Measurement', measurementText(cell)]);
  if (cell.limit !== null) entries.push(['Limit', limitText(cell.limit)]);
  if (cell.resources !== null) entries.push(['Resources', resourcesText(cell.resources)]);
  if (cell.clientThreads.length > 0) entries.push(['Client threads', threadTable(cell)]);
  return html`${clauseTable(cell)}${definitions(entries)}`;
}

function loadEntries({ backlog, warmUp }: JudgedCell): Entry[] {
  const entries: Entry[] = [];
  if (warmUp !== null) {
    const how = warmUp.steady ? 'steady' : 'not steady';
    const after = plural(warmUp.messages, 'message');
    entries.push(['Warm-up', `${how} after ${after}, ${duration(warmUp.tookNs)}`]);
  }
  if (backlog !== null) entries.push(['Backlog', backlogText(backlog)]);
  return entries;
}

function againEntries({ redelivery }: JudgedCell): Entry[] {
  if (redelivery === null) return [];
  const { latency, untimed } = redelivery;
  const figures = `p50 ${duration(latency.p50Ns)}, p99 ${duration(latency.p99Ns)}, at most ${duration(latency.maxNs)}`;
  const timed = latency.count === 0 ? [] : [`${plural(latency.count, 'time')}: ${figures}`];
  const left = untimed === 0 ? [] : [`${whole(untimed)} whose copy before nobody saw`];
  return [['Delivered again after', [...timed, ...left].join('; ')]];
}

function threadTable({ clientThreads }: JudgedCell): SafeHtml {
  const shown = clientThreads.slice(0, limits.small);
  const rows = shown.map(
    ({ name, cpuMicros, gc, loopDelay }) =>
      html`<tr><th scope="row">${name}</th><td class="n">${duration(cpuMicros * 1e3)}</td><td class="n">${whole(gc.pauses)}</td><td class="n">${duration(gc.totalNs)}</td><td class="n">${duration(gc.maxNs)}</td><td class="n">${duration(loopDelay.p50Ns)}</td><td class="n">${duration(loopDelay.p99Ns)}</td><td class="n">${duration(loopDelay.maxNs)}</td></tr>`,
  );
  return html`<div class="scroll"><table><thead><tr class="over"><td></td><td></td><th scope="colgroup" colspan="3" class="g">garbage collection</th><th scope="colgroup" colspan="3" class="g">event-loop delay</th></tr>
<tr><th scope="col">Thread</th><th scope="col" class="n">CPU</th><th scope="col" class="n">pauses</th><th scope="col" class="n">in sum</th><th scope="col" class="n">longest</th><th scope="col" class="n">p50</th><th scope="col" class="n">p99</th><th scope="col" class="n">longest</th></tr></thead><tbody>${rows}</tbody></table></div>${note(shownOf(shown.length, clientThreads.length, 'threads'))}`;
}

/** A zero of these says something; of the others nothing is said when there are none. */
const alwaysTold: ReadonlySet<string> = new Set(['sent', 'acknowledged', 'delivered']);

function countsText({ counts }: JudgedCell): string {
  return Object.entries(counts)
    .filter(([name, value]) => value > 0 || alwaysTold.has(name))
    .map(([name, value]) => `${whole(value)} ${countName(name)}`)
    .join(', ');
}

function countName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function tookText(cell: JudgedCell): string {
  const phases = cell.phases
    .slice(0, limits.small)
    .map(({ name, startNs, endNs }) => `${name} ${duration(endNs - startNs)}`);
  return `${duration(cell.tookNs)}${phases.length === 0 ? '' : ` (${phases.join(', ')})`}`;
}

function historyText({ history }: JudgedCell): string {
  const kept = `${whole(history.eventsKept)} of ${plural(history.eventsTotal, 'event')}`;
  const where = history.directory === '' ? '' : ` in ${history.directory}`;
  return `${history.mode}: ${kept}, ${bytes(history.bytesKept)}${where}${history.complete ? '' : '; not complete'}`;
}

function outcomesText({ outcomes }: JudgedCell): string {
  const all = Object.entries(outcomes).filter(([, count]) => count > 0);
  const shown = all.slice(0, limits.small).map(([name, count]) => `${whole(count)} ${name}`);
  const left = all.length - shown.length;
  return left > 0 ? `${shown.join(', ')}; ${left} more` : shown.join(', ');
}

function measurementText({ performance }: JudgedCell): string {
  if (performance.status === 'untimed') return performance.reason;
  const { figures } = performance;
  const facts = `generator late p99 ${duration(figures.lateness.p99Ns)}, client blocked p99 ${duration(figures.clientBlocked.p99Ns)}, harness CPU ${significant(figures.harnessCpuShare * 100)} %`;
  return performance.status === 'valid'
    ? `valid; ${facts}`
    : `invalid: ${performance.reasons.join('; ')}; ${facts}`;
}
