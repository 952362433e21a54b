import type { ClauseRecord, FaultRecord, JudgedCell } from '../../../harness/record/schema.ts';
import { levelText } from '../../model/cells.ts';
import type { Finding } from '../../model/findings.ts';
import { witnessTerms } from '../../model/witness.ts';
import { duration, percent, plural, whole } from '../../text/numbers.ts';
import { maybeLink } from '../links.ts';
import { badge, definitions, note } from '../pieces.ts';
import { html, type HtmlValue, nothing, type SafeHtml } from '../safe-html.ts';
import { type AnchoredFinding, limits, shownOf, type View } from '../view.ts';
import { timeline } from './timeline.ts';

export function findingsSection(view: View): SafeHtml {
  const items = view.findings.map((item, at) => findingItem(item, at));
  return html`<section id="findings" aria-labelledby="findings-h"><h2 id="findings-h">Findings and their evidence</h2>
<p class="lead">One entry for each anomaly in each cell: broken promises first, then those that a known deviation excuses, then what was seen where nothing was promised. The witness is what proves it, most often one message; the command runs the cell again.</p>
${items.length === 0 ? note('No anomaly was seen.') : items}
${note(shownOf(items.length, view.findingsTotal, 'findings'))}</section>`;
}

function findingItem({ finding, id }: AnchoredFinding, at: number): SafeHtml {
  const { cell, clause, kind } = finding;
  const summary = html`<summary>${kindBadge(kind)} <b>${clause.check} ${clause.title}</b> at ${cell.id}: ${summaryText(finding)}</summary>`;
  const body = html`<div class="in" id="${id}">${facts(finding)}${at < limits.findingsWitnessed ? witnesses(cell, clause) : note('Its witness is in run.json.')}<h4>Run it again</h4><code class="cmd">${cell.replay}</code></div>`;
  return at < limits.findingsOpen && kind === 'broken'
    ? html`<details open>${summary}${body}</details>`
    : html`<details>${summary}${body}</details>`;
}

function summaryText({ clause, kind }: Finding): string {
  return kind === 'possible'
    ? `${whole(clause.possible)} possible, none certain${clause.exposure === 0 ? '' : `, of ${whole(clause.exposure)}`}`
    : `${whole(clause.count)} of ${whole(clause.exposure)} (${percent(clause.rate)})`;
}

function kindBadge(kind: Finding['kind']): SafeHtml {
  if (kind === 'possible') return badge('inconclusive', 'possible');
  return kind === 'should' ? badge('unclaimed', 'should not happen') : badge(kind);
}

function facts({ cell, clause, kind }: Finding): SafeHtml {
  const entries: (readonly [string, HtmlValue])[] = [
    [kind === 'unclaimed' ? 'Level' : 'Claim', claimText(cell, clause)],
    ['Seen', seenText(clause)],
  ];
  if (clause.waiver !== undefined) entries.push(['Waived', clause.waiver]);
  if (clause.deviation !== null) entries.push(['Deviation', deviationText(clause.deviation)]);
  const classes = classesText(clause);
  if (classes !== '') entries.push(['Of which', classes]);
  if (cell.faults.length > 0) entries.push(['Faults', faultList(cell)]);
  return definitions(entries);
}

function claimText(cell: JudgedCell, clause: ClauseRecord): SafeHtml {
  if (clause.obligation === 'may') {
    return html`${levelText(cell)}: this clause is not promised under ${cell.under}`;
  }
  const soft = clause.obligation === 'should' ? 'should not happen, ' : '';
  return html`${clause.id} under ${cell.under}, ${soft}stated by ${maybeLink(cell.claimSource)}`;
}

function deviationText({
  id,
  expires,
  expired,
  because,
}: NonNullable<ClauseRecord['deviation']>): SafeHtml {
  const until = expired
    ? `expired on ${expires}, so it excuses nothing`
    : `excused until ${expires}`;
  return html`${id}, ${until}: ${maybeLink(because)}`;
}

function seenText(clause: ClauseRecord): string {
  const possible =
    clause.possible > 0
      ? `; ${whole(clause.possible)} more possible, which another reading of the timestamps excuses`
      : '';
  if (clause.count === 0) {
    return `0 of ${whole(clause.exposure)}, so at most ${percent(clause.upperBound)} (3/n, 95 %)${possible}`;
  }
  const few = clause.count < 3 ? '; too few to take the rate for more than its order of size' : '';
  return `${whole(clause.count)} in ${plural(clause.exposure, 'chance')}: ${percent(clause.rate)}${few}${possible}`;
}

function classesText(clause: ClauseRecord): string {
  const named = Object.entries(clause.classes).filter(([, count]) => count > 0);
  const shown = named.slice(0, limits.small).map(([name, count]) => `${whole(count)} ${name}`);
  const left = named.length - shown.length;
  return left > 0
    ? `${shown.join(', ')}; ${plural(left, 'more class', 'more classes')}`
    : shown.join(', ');
}

/** Every fault with its evidence; a fault that never bit proves nothing and says so. */
export function faultList(cell: JudgedCell): SafeHtml {
  const shown = cell.faults.slice(0, limits.small);
  return html`<ul class="plain">${shown.map((fault) => faultItem(fault, cell.startedNs))}</ul>${note(shownOf(shown.length, cell.faults.length, 'faults'))}`;
}

function faultItem(fault: FaultRecord, cellStartedNs: number): SafeHtml {
  const inFlight = fault.inFlight === null ? [] : [`in flight: ${whole(fault.inFlight)}`];
  const told = fault.evidence.slice(0, limits.small).map(({ name, value }) => `${name}: ${value}`);
  const evidence = [...told, ...inFlight].join('; ');
  const bit = fault.bit ? nothing : html` ${badge('inconclusive', 'no evidence that it bit')}`;
  const from = duration(fault.startedNs - cellStartedNs);
  const to = duration(fault.stoppedNs - cellStartedNs);
  return html`<li><b>${fault.kind}</b> on ${fault.target}, ${from} to ${to}${bit}${evidence === '' ? nothing : html`<br><small>${evidence}</small>`}</li>`;
}

function witnesses(cell: JudgedCell, clause: ClauseRecord): SafeHtml {
  const [most, mostEvents] =
    clause.state === 'broken'
      ? [limits.witnessesOfBroken, limits.witnessEventsOfBroken]
      : [limits.witnesses, limits.witnessEvents];
  const shown = clause.witnesses.slice(0, most);
  const parts = shown.map(
    (witness) =>
      html`<h4>Witness: ${witness.subject}</h4><p class="note">${witness.note}</p>${definitions(witnessTerms(witness, cell.startedNs))}${timeline(witness, cell.startedNs, mostEvents)}`,
  );
  return html`${parts}${note(shownOf(shown.length, clause.witnesses.length, 'witnesses'))}`;
}
