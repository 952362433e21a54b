import { type MetricId, metricIds } from '../../harness/record/comparison-schema.ts';
import type { Ranking, RankingTable } from '../../harness/record/ranking-schema.ts';
import type { ReportOptions } from '../report.ts';
import { type Ink, inkFor } from '../terminal/ink.ts';
import { tableLines } from '../terminal/table.ts';
import { whole } from '../text/numbers.ts';
import { reasonsText } from '../text/reasons.ts';
import { estimateText, metricWords } from './metric-words.ts';

/** The profiles of a run beside each other, one table for each promise and durability. */
export function rankingText(ranking: Ranking, options: ReportOptions): string {
  const ink = inkFor(options);
  const paint = (text: string): string => ink.paint(ink.span(text));
  const left = ranking.notRanked.flatMap(({ profile, scenario, reasons }) =>
    paint(`– ${profile} in ${scenario} is not ranked: ${reasonsText(reasons)}`),
  );
  const about = paint(
    `run ${ranking.run} · ranked by ${metricWords[ranking.by].name}; profiles share a rank unless they differ significantly`,
  );
  const sections = [
    [about],
    ...ranking.tables.map((table) => tableText(table, ink, options)),
    left,
  ].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function tableText(table: RankingTable, ink: Ink, options: ReportOptions): string[] {
  const shown = metricIds.filter((metric) =>
    table.rows.some(({ figures }) => figures[metric] !== undefined),
  );
  const columns = [
    // The first column is what every block of a folded table repeats.
    { titles: [ink.span('profile', 'muted')], align: 'left' as const },
    { titles: [ink.span('rank', 'muted')], align: 'right' as const },
    ...shown.map((metric) => ({
      titles: [ink.span(metricWords[metric].name, 'muted')],
      align: 'right' as const,
    })),
  ];
  const rows = table.rows.map(({ rank, profile, figures }) => [
    ink.span(profile),
    ink.span(String(rank)),
    ...shown.map((metric) => ink.span(textOf(metric, figures[metric]))),
  ]);
  const heading = ink.paint(ink.span(table.level.toUpperCase(), 'heading'));
  return [
    `${heading}  ${ink.paint(ink.span(aboutTable(table)))}`,
    ...tableLines(ink, columns, rows, Math.max(options.columns, 160)),
  ];
}

function textOf(
  metric: MetricId,
  figure: RankingTable['rows'][number]['figures'][MetricId],
): string {
  return figure === undefined ? '–' : estimateText(metric, figure);
}

function aboutTable({ scenario, survives, targetRatePerSecond }: RankingTable): string {
  const faults = survives.filter((domain) => domain !== 'none');
  const durability =
    faults.length === 0 ? 'no fault was claimed and run' : `claimed under ${faults.join(', ')}`;
  const rate = targetRatePerSecond;
  const load = rate > 0 ? `${whole(rate)} msg/s asked for` : 'closed loop';
  return `${scenario}, ${load}; ${durability}`;
}
