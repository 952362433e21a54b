import { mustForbid } from '../../harness/core/clauses.ts';
import type { RunRecord } from '../../harness/record/schema.ts';
import { metrics } from '../../harness/compare/metrics.ts';
import type { MetricId } from '../../harness/record/comparison-schema.ts';
import { estimateIn } from '../comparison/metric-words.ts';
import { factorText } from '../comparison/ranking-words.ts';
import { priceAdvice } from '../model/price-advice.ts';
import {
  lacksTail,
  lateTail,
  type PriceRow,
  type PriceTable,
  priceTablesOf,
} from '../model/price.ts';
import { stateGlyph, stateWord } from '../model/words.ts';
import type { ReportOptions } from '../report.ts';
import { reasonsText } from '../text/reasons.ts';
import { factor, significant, type Unit, unitFor } from '../text/numbers.ts';
import { askedText } from '../text/asked.ts';
import { type Ink, inkFor, type Span } from './ink.ts';
import { stateRole } from './matrix.ts';
import { tableLines } from './table.ts';

const rowsShown = 16;
const tablesShown = 2;
/** A sweep has many small tables: as many as fit on half a screen. */
const linesShown = 24;
const headLines = 4;
/** With intervals a table is wide; folded, it is hard to read. */
const fullColumns = 160;

/** The price of a guarantee: what each level costs, and how much more than the one before it. */
export function priceLines(record: RunRecord, ink: Ink, options: ReportOptions): string[] {
  const tables = priceTablesOf(record).filter((table) => table.rows.length > 0);
  const shown = options.detail === 'full' ? tables : tables.slice(0, tablesThatFit(tables));
  const lines = shown.flatMap((table) => ['', ...tableOf(table, ink, options)]);
  if (shown.length < tables.length) {
    lines.push(`  ${shown.length} of ${tables.length} price tables shown`);
  }
  return lines.slice(1);
}

function tablesThatFit(tables: readonly PriceTable[]): number {
  let lines = 0;
  const over = tables.findIndex(({ rows }) => {
    lines += headLines + Math.min(rows.length, rowsShown);
    return lines > linesShown;
  });
  return Math.max(tablesShown, over < 0 ? tables.length : over);
}

/** The price tables alone, with whoever has no price and why. `isPriced`: at least one profile has one. */
export function priceText(
  record: RunRecord,
  options: ReportOptions,
): { readonly text: string; readonly isPriced: boolean } {
  const ink = inkFor(options);
  const priced = priceLines(record, ink, options);
  const unpriced = priceTablesOf(record).flatMap(({ scenario, notPriced }) =>
    notPriced.map(({ name, reasons }) => {
      const why = reasonsText(reasons);
      return ink.paint(ink.span(`– ${name} in ${scenario} has no price: ${why}`));
    }),
  );
  const advice = priceAdvice(record);
  if (advice !== undefined) {
    unpriced.push(
      ink.paint(ink.span(`! ${advice.text}`)),
      ink.paint(ink.span(`  fix: ${advice.fix}`)),
    );
  }
  const sections = [priced, unpriced].filter((lines) => lines.length > 0);
  if (sections.length === 0) sections.push(['No cell of this run was timed.']);
  const text = `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  return { text, isPriced: priced.length > 0 };
}

function tableOf(table: PriceTable, ink: Ink, options: ReportOptions): string[] {
  const rows = options.detail === 'full' ? table.rows : table.rows.slice(0, rowsShown);
  const unit = unitFor(
    rows.flatMap(({ publish, endToEnd }) =>
      [publish, endToEnd].map((one) => one?.tail?.p99Ns ?? one?.p50Ns ?? 0),
    ),
  );
  const isFull = options.detail === 'full';
  const hasLost = rows.some(isThinned);
  const columns = columnTitles(unit, hasLost).map(([first, second, align]) => ({
    titles: [ink.span(first, 'muted'), ink.span(second, 'muted')],
    align,
  }));
  const lines = tableLines(
    ink,
    columns,
    rows.map((row) => rowSpans(row, unit, ink, { isFull, hasLost })),
    isFull ? Math.max(options.columns, fullColumns) : options.columns,
  );
  const heading = ink.paint(ink.span('PRICE OF A GUARANTEE', 'heading'));
  lines.unshift(`${heading}  ${ink.paint(ink.span(loadText(table)))}`);
  if (rows.some((row) => promisedBeyond(row) > 0)) {
    lines.push(ink.paint(ink.span('  +n: clauses that are promised beyond the level', 'muted')));
  }
  if (rows.some(lacksTail)) lines.push(ink.paint(ink.span(`  ${lateTail}`, 'muted')));
  if (rows.length < table.rows.length) {
    lines.push(`  ${rows.length} of ${table.rows.length} priced profiles shown`);
  }
  return lines;
}

function loadText(table: PriceTable): string {
  return `${table.scenario}, ${askedText(table)}; step: factor against the row above it`;
}

/** Priced by fewer rounds than were played: perhaps by those that went well. Of one round the table says `late`. */
function isThinned({ roundsValid, roundsRun }: PriceRow): boolean {
  return roundsRun > 1 && roundsValid < roundsRun;
}

function columnTitles(unit: Unit, hasLost: boolean): [string, string, 'left' | 'right'][] {
  return [
    ['', '  profile', 'left'],
    ...(hasLost ? [['', '', 'left'] satisfies [string, string, 'left']] : []),
    ['', 'level', 'left'],
    ['', 'verdict', 'left'],
    ['', 'msg/s', 'right'],
    ['publish', 'p50', 'right'],
    [unit.name, 'p99', 'right'],
    ['e2e', 'p50', 'right'],
    [unit.name, 'p99', 'right'],
    ['CPU µs', 'client', 'right'],
    ['/msg', 'broker', 'right'],
    ['step', 'p99', 'right'],
    ['', 'CPU', 'right'],
  ];
}

function rowSpans(
  row: PriceRow,
  unit: Unit,
  ink: Ink,
  { isFull, hasLost }: { readonly isFull: boolean; readonly hasLost: boolean },
): Span[] {
  const figure = (metric: MetricId, size: number): Span => {
    const estimate = row.estimates[metric];
    if (estimate === undefined) return unknownFigure(row, metric, ink);
    const told = isFull ? estimate : { ...estimate, rounds: 1 };
    return ink.span(estimateIn({ name: '', size }, told));
  };
  return [
    ink.span(`  ${row.name}`),
    ...(hasLost ? [lostSpan(row, ink)] : []),
    ink.span(levelText(row)),
    ink.span(`${stateGlyph[row.verdict]} ${stateWord[row.verdict]}`, stateRole[row.verdict]),
    ink.span(significant(row.achievedRatePerSecond)),
    figure('publish-p50', unit.ns),
    figure('publish-p99', unit.ns),
    figure('e2e-p50', unit.ns),
    figure('e2e-p99', unit.ns),
    figure('client-cpu', 1),
    figure('broker-cpu', 1),
    ...stepSpans(row, ink, isFull),
  ];
}

/** An engine that answers nothing has no latency of its answers; a generator that was late measured none. */
function unknownFigure(row: PriceRow, metric: MetricId, ink: Ink): Span {
  const distribution = metric === 'publish-p99' ? row.publish : row.endToEnd;
  const isLate = metrics[metric].isTail && distribution !== undefined && lacksTail(row);
  return isLate ? ink.span('late', 'inconclusive') : ink.span('–', 'muted');
}

function lostSpan(row: PriceRow, ink: Ink): Span {
  if (!isThinned(row)) return ink.span('');
  return ink.span(`${row.roundsValid} of ${row.roundsRun} rounds valid`, 'inconclusive');
}

/** The level, and how many clauses the profile promises beyond it. */
function levelText(row: PriceRow): string {
  const beyond = promisedBeyond(row);
  return beyond === 0 ? row.level : `${row.level} +${beyond}`;
}

function promisedBeyond({ level, promises }: PriceRow): number {
  return mustForbid(level, promises).length - mustForbid(level, []).length;
}

function stepSpans({ step }: PriceRow, ink: Ink, isFull: boolean): Span[] {
  const p99 = step?.publishP99 ?? step?.endToEndP99;
  return [p99, step?.clientCpu].map((change) => {
    if (change === undefined) return ink.span('');
    return ink.span(isFull ? factorText(change) : factor(change.factor));
  });
}
