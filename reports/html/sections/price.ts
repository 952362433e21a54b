import type { Estimate } from '../../../harness/record/comparison-schema.ts';
import { factorText } from '../../comparison/ranking-words.ts';
import {
  lacksTail,
  lateTail,
  type Percentiles,
  type PriceRow,
  type PriceTable,
  type Step,
  type StepFactor,
} from '../../model/price.ts';
import { significant, type Unit, unitFor } from '../../text/numbers.ts';
import { askedText } from '../../text/asked.ts';
import { badge, bar, bullets, note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import { limits, shownOf, type View } from '../view.ts';

export function priceSection(view: View): SafeHtml {
  const tables = view.prices.slice(0, limits.small);
  if (tables.length === 0) return nothing;
  return html`<section id="price" aria-labelledby="price-h"><h2 id="price-h">The price of a guarantee</h2>
<p class="lead">Measured in the same run that judged the promises. Latencies are response times: from the instant at which a message was due, so that a stalled broker cannot hide its queue.</p>
${tables.map(tableOf)}
${note(shownOf(tables.length, view.prices.length, 'tables'))}</section>`;
}

function tableOf(table: PriceTable): SafeHtml {
  const rows = table.rows.slice(0, limits.rows);
  return html`${rows.length === 0 ? nothing : figures(table, rows)}${note(shownOf(rows.length, table.rows.length, 'priced profiles'))}${leftOut(table)}`;
}

function figures(table: PriceTable, rows: readonly PriceRow[]): SafeHtml {
  const scale = scaleOf(rows);
  const load = askedText(table);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Price table of ${table.scenario}"><table><caption>${table.scenario}: ${load}. ${roundsText(rows)}</caption>
<thead><tr class="over"><td></td><td></td><td></td><th scope="colgroup" colspan="2" class="g">publish, ${scale.unit.name}</th><th scope="colgroup" colspan="2" class="g">end to end, ${scale.unit.name}</th><th scope="colgroup" colspan="2" class="g">CPU, µs per message</th><td></td></tr>
<tr><th scope="col">Profile</th><th scope="col">Verdict</th><th scope="col" class="n">msg/s</th><th scope="col" class="n">p50</th><th scope="col" class="n">p99</th><th scope="col" class="n">p50</th><th scope="col" class="n">p99</th><th scope="col" class="n">client</th><th scope="col" class="n">broker</th><th scope="col">Step from the row above</th></tr></thead>
<tbody>${rows.map((row) => rowOf(row, scale))}</tbody></table></div>`;
}

function roundsText(rows: readonly PriceRow[]): string {
  const most = Math.max(...rows.map(({ figures }) => figures.length));
  const told =
    most <= 1
      ? 'One round: no interval, so small factors are not differences.'
      : `Medians of up to ${most} rounds with their 95 % intervals.`;
  return rows.some(lacksTail) ? `${told} ${lateTail}.` : told;
}

interface Scale {
  readonly unit: Unit;
  readonly latencyNs: number;
  readonly cpuMicros: number;
}

function scaleOf(rows: readonly PriceRow[]): Scale {
  const latencies = rows.flatMap(({ publish, endToEnd }) =>
    [publish, endToEnd].map((one) => one?.tail?.p99Ns ?? one?.p50Ns ?? 0),
  );
  const cpu = rows.flatMap((row) => [
    row.clientCpuMicrosPerMessage,
    row.brokerCpuMicrosPerMessage ?? 0,
  ]);
  return {
    unit: unitFor(latencies),
    latencyNs: Math.max(...latencies),
    cpuMicros: Math.max(...cpu),
  };
}

function rowOf(row: PriceRow, scale: Scale): SafeHtml {
  const { estimates, publish, endToEnd } = row;
  return html`<tr><th scope="row">${row.name} <small class="sub">${[row.level, ...row.promises].join(', ')}</small></th><td>${badge(row.verdict)}</td><td class="n">${significant(row.achievedRatePerSecond)}</td>${time(publish?.p50Ns, estimates['publish-p50'], scale)}${tail(publish, estimates['publish-p99'], scale)}${time(endToEnd?.p50Ns, estimates['e2e-p50'], scale)}${tail(endToEnd, estimates['e2e-p99'], scale)}${cpu(row.clientCpuMicrosPerMessage, estimates['client-cpu'], scale)}${cpu(row.brokerCpuMicrosPerMessage, estimates['broker-cpu'], scale)}<td>${stepOf(row.step)}</td></tr>`;
}

function time(ns: number | undefined, estimate: Estimate | undefined, { unit }: Scale): SafeHtml {
  if (ns === undefined) return html`<td class="n"><small>no reply</small></td>`;
  return html`<td class="n">${significant(ns / unit.ns)}${interval(estimate, unit.ns)}</td>`;
}

function tail(
  percentiles: Percentiles | undefined,
  estimate: Estimate | undefined,
  scale: Scale,
): SafeHtml {
  if (percentiles === undefined) return time(undefined, undefined, scale);
  if (percentiles.tail === undefined) return html`<td class="n"><small>late</small></td>`;
  const { p99Ns } = percentiles.tail;
  const { unit, latencyNs } = scale;
  return html`<td class="n">${significant(p99Ns / unit.ns)}${interval(estimate, unit.ns)}${bar(p99Ns / latencyNs)}</td>`;
}

function cpu(
  micros: number | undefined,
  estimate: Estimate | undefined,
  { cpuMicros }: Scale,
): SafeHtml {
  if (micros === undefined) return html`<td class="n"><small>not read</small></td>`;
  return html`<td class="n">${significant(micros)}${interval(estimate, 1)}${bar(micros / cpuMicros)}</td>`;
}

/** Where the median may lie; of one round nothing can be said. */
function interval(estimate: Estimate | undefined, size: number): SafeHtml {
  if (estimate === undefined || estimate.rounds < 2) return nothing;
  const { low, high } = estimate;
  return html`<small class="sub">${significant(low / size)}–${significant(high / size)}</small>`;
}

function stepOf(step: Step | undefined): SafeHtml {
  if (step === undefined) return html`<small>–</small>`;
  const { throughput } = step;
  const told = throughput !== undefined && Math.abs(throughput.factor - 1) >= 0.01;
  const parts = [
    part('publish p99', step.publishP99),
    part('end-to-end p99', step.endToEndP99),
    part('client CPU', step.clientCpu),
    part('throughput', told ? throughput : undefined),
  ].filter((text) => text !== '');
  return html`<small>${parts.map((text) => html`<span class="sub nb">${text}</span>`)}</small>`;
}

function part(name: string, change: StepFactor | undefined): string {
  return change === undefined ? '' : `${name} ${factorText(change)}`;
}

function leftOut(table: PriceTable): SafeHtml {
  if (table.notPriced.length === 0) return nothing;
  const items = table.notPriced.map(
    ({ name, reasons }) => `${name}: ${reasons.join('; ') || 'no figures were recorded'}`,
  );
  return html`<h3>Not priced in ${table.scenario}</h3><p class="note">An invalid measurement enters no comparison.</p>${bullets(items, limits.rows)}`;
}
