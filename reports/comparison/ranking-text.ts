import { fewestRounds } from '../../harness/compare/few-rounds.ts';
import { metricIds } from '../../harness/record/comparison-schema.ts';
import type {
  LevelStep,
  Ranking,
  RankingTable,
  UnrankedProfile,
} from '../../harness/record/ranking-schema.ts';
import type { ReportOptions } from '../report.ts';
import { type Ink, inkFor, type Span } from '../terminal/ink.ts';
import { type Column, tableLines } from '../terminal/table.ts';
import { reasonsText } from '../text/reasons.ts';
import { estimateIn, metricWords, shownMetrics } from './metric-words.ts';
import {
  aboutTable,
  exclusionWords,
  factorText,
  ranklessLines,
  roundsText,
} from './ranking-words.ts';

const screenColumns = 160;

/** The profiles of a run beside each other: who is ranked, what each level costs, who is not ranked and why. */
export function rankingText(ranking: Ranking, options: ReportOptions): string {
  const ink = inkFor(options);
  const about = `run ${ranking.run} · ranked by ${metricWords[ranking.by].name}: profiles share a rank unless they differ significantly; a rank takes ${fewestRounds} valid rounds; medians of valid rounds, 95 % intervals`;
  const width = Math.max(options.columns, screenColumns);
  const sections = [
    [ink.paint(ink.span(about))],
    ...ranking.tables.map((table) => tableText(table, ink, width)),
    stepsText(ranking.steps, ink, width),
    notRankedText(ranking.notRanked, ink),
  ].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function tableText(table: RankingTable, ink: Ink, width: number): string[] {
  const shown = shownMetrics(table.rows);
  const columns: Column[] = [
    // The first column is what every block of a folded table repeats.
    { titles: [ink.span(''), ink.span('profile', 'muted')], align: 'left' },
    { titles: [ink.span(''), ink.span('rank', 'muted')], align: 'right' },
    { titles: [ink.span(''), ink.span('verdict', 'muted')], align: 'left' },
    { titles: [ink.span('valid', 'muted'), ink.span('rounds', 'muted')], align: 'right' },
    ...shown.map(
      ({ metric, unit }): Column => ({
        titles: [ink.span(metricWords[metric].short, 'muted'), ink.span(unit.name, 'muted')],
        align: 'right',
      }),
    ),
  ];
  const rows = table.rows.map(({ rank, profile, rounds, figures }): Span[] => [
    ink.span(profile),
    ink.span(rank === null ? '–' : String(rank)),
    ink.span('✓ kept', 'kept'),
    ink.span(roundsText(rounds)),
    ...shown.map(({ metric, unit }) => {
      const figure = figures[metric];
      return figure === undefined ? ink.span('–', 'muted') : ink.span(estimateIn(unit, figure));
    }),
  ]);
  const heading = ink.paint(ink.span(table.level.toUpperCase(), 'heading'));
  return [
    `${heading}  ${ink.paint(ink.span(aboutTable(table)))}`,
    ...tableLines(ink, columns, rows, width),
    ...ranklessLines(table.rows).map((line) => ink.paint(ink.span(`– ${line}`))),
  ];
}

function stepsText(steps: readonly LevelStep[], ink: Ink, width: number): string[] {
  if (steps.length === 0) return [];
  const shown = metricIds.filter((metric) =>
    steps.some(({ factors }) => factors[metric] !== undefined),
  );
  const columns: Column[] = [
    { titles: [ink.span('from → to', 'muted')], align: 'left' },
    { titles: [ink.span('in', 'muted')], align: 'left' },
    ...shown.map(
      (metric): Column => ({
        titles: [ink.span(metricWords[metric].short, 'muted')],
        align: 'right',
      }),
    ),
  ];
  const rows = steps.map(({ from, to, scenario, factors }) => [
    ink.span(`${from} → ${to}`),
    ink.span(scenario),
    ...shown.map((metric) => {
      const change = factors[metric];
      return change === undefined ? ink.span('–', 'muted') : ink.span(factorText(change));
    }),
  ]);
  const about = 'what an engine’s next level costs at the same load: factors with 95 % intervals';
  return [
    `${ink.paint(ink.span('STEPS', 'heading'))}  ${ink.paint(ink.span(about, 'muted'))}`,
    ...tableLines(ink, columns, rows, width),
  ];
}

function notRankedText(profiles: readonly UnrankedProfile[], ink: Ink): string[] {
  if (profiles.length === 0) return [];
  return [
    ink.paint(ink.span('NOT RANKED', 'heading')),
    ...profiles.map(({ profile, scenario, why, reasons }) =>
      ink.paint(
        ink.span(
          `– ${profile} in ${scenario} is not ranked, ${exclusionWords[why]}: ${reasonsText(reasons)}`,
        ),
      ),
    ),
  ];
}
