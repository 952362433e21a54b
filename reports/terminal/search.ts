import type { RunRecord } from '../../harness/record/schema.ts';
import type { PointOutcome, SearchRecord } from '../../harness/record/search-schema.ts';
import { limitOfSearch } from '../model/limits.ts';
import {
  answerOf,
  answerState,
  type AnswerState,
  answerText,
  type CurveRow,
  curveRows,
} from '../model/search.ts';
import type { ReportOptions, Role } from '../report.ts';
import { duration, significant, whole } from '../text/numbers.ts';
import { sparkline } from '../text/sparkline.ts';
import type { Ink, Span } from './ink.ts';
import { tableLines } from './table.ts';

const searchesShown = 8;
const rowsShown = 40;

const answerGlyph: Readonly<Record<AnswerState, string>> = { found: '✓', open: '?', missed: '✗' };
const answerRole: Readonly<Record<AnswerState, Role>> = {
  found: 'kept',
  open: 'inconclusive',
  missed: 'broken',
};
const outcomeRole: Readonly<Record<PointOutcome, Role | undefined>> = {
  met: undefined,
  missed: 'broken',
  undecided: 'inconclusive',
  error: 'error',
};

/** The capacity of each profile, and its latency on the way up to it and beyond. */
export function searchLines(record: RunRecord, ink: Ink, options: ReportOptions): string[] {
  const shown =
    options.detail === 'full' ? record.searches : record.searches.slice(0, searchesShown);
  const lines = shown.flatMap((search) => ['', ...linesOf(search, ink, options)]);
  if (shown.length < record.searches.length) {
    lines.push(`  ${shown.length} of ${record.searches.length} searches shown`);
  }
  return lines.slice(1);
}

function linesOf(search: SearchRecord, ink: Ink, options: ReportOptions): string[] {
  const state = answerState(search);
  const asked = `${search.profile} in ${search.scenario}, ${search.objectives.join(' and ')}`;
  const rows = curveRows(search);
  const shown = options.detail === 'full' ? rows : rows.slice(0, rowsShown);
  const p99 = shown.map(({ figures }) => figures?.endToEndP99Ns);
  const lines = [
    `${ink.paint(ink.span('CAPACITY', 'heading'))}  ${ink.paint(ink.span(asked))}`,
    ink.paint(ink.span(`  ${answerGlyph[state]} ${answerText(search)}`, answerRole[state])),
  ];
  if (rows.length === 0) return lines;
  const limit = limitOfSearch(search);
  if (limit !== undefined) lines.push(ink.paint(ink.span(`  ${limit}`)));
  lines.push(
    ...tableLines(
      ink,
      columns.map(([first, second, align]) => ({
        titles: [ink.span(first, 'muted'), ink.span(second, 'muted')],
        align,
      })),
      shown.map((row) => spansOf(row, answerOf(search), ink)),
      options.columns,
    ),
  );
  if (shown.length < rows.length) lines.push(`  ${shown.length} of ${rows.length} rates shown`);
  lines.push(...shown.flatMap((row) => reasonLine(row, ink)));
  lines.push(`  p99 by rate, logarithmic: ${sparkline(p99, options.ascii)}`);
  if (search.curve === 'cut') lines.push('  the curve is cut short: the search had to end');
  return lines;
}

const columns = [
  ['', '  msg/s', 'right'],
  ['share of', 'answer', 'right'],
  ['', 'runs', 'right'],
  ['', 'delivered/s', 'right'],
  ['e2e', 'p50', 'right'],
  ['', 'p99', 'right'],
  ['', 'p99.9', 'right'],
  ['backlog', 'per s', 'right'],
  ['', '', 'left'],
] as const;

function spansOf(row: CurveRow, answer: number | undefined, ink: Ink): Span[] {
  const { ratePerSecond, runs, figures, outcome, isAnswer } = row;
  const time = (ns: number | undefined): string =>
    ns === undefined || ns === 0 ? '–' : duration(ns);
  const backlog = figures?.backlogPerSecond ?? undefined;
  const role = outcomeRole[outcome];
  return [
    ink.span(whole(ratePerSecond), isAnswer ? 'strong' : undefined),
    ink.span(answer === undefined ? '–' : `${Math.round((100 * ratePerSecond) / answer)} %`),
    ink.span(whole(runs)),
    ink.span(figures === undefined ? '–' : whole(figures.deliveredRatePerSecond)),
    ink.span(time(figures?.endToEndP50Ns)),
    ink.span(time(figures?.endToEndP99Ns)),
    ink.span(time(figures?.endToEndP999Ns)),
    ink.span(backlog === undefined ? '–' : `${backlog > 0 ? '+' : ''}${significant(backlog)}`),
    ink.span(`${outcome}${isAnswer ? ': the answer' : ''}`, role),
  ];
}

function reasonLine({ ratePerSecond, outcome, reason }: CurveRow, ink: Ink): string[] {
  if (outcome === 'met') return [];
  return [
    ink.paint(ink.span(`  ${whole(ratePerSecond)} ${outcome}: ${reason}`, outcomeRole[outcome])),
  ];
}
