import type {
  Comparison,
  ComparisonRow,
  ComparisonWord,
  PromiseChange,
} from '../../harness/record/comparison-schema.ts';
import type { ReportOptions, Role } from '../report.ts';
import { type Ink, inkFor } from '../terminal/ink.ts';
import { tableLines } from '../terminal/table.ts';
import { percent, plural, significant } from '../text/numbers.ts';
import { estimateText, metricWords } from './metric-words.ts';
import { factorText } from './ranking-words.ts';

const rowsShown = 60;
const changesShown = 20;

const roleOf: Readonly<Record<ComparisonWord, Role>> = {
  improved: 'kept',
  regressed: 'broken',
  'no change': 'muted',
  'within noise': 'inconclusive',
};

/** Two runs beside each other for a terminal: what became of the promises, the figures, what was left out. */
export function comparisonText(comparison: Comparison, options: ReportOptions): string {
  const ink = inkFor(options);
  const paint = (text: string, role?: Role): string => ink.paint(ink.span(text, role));
  const { base, head, outcome } = comparison;
  const sections = [
    [
      paint(`base  ${base.id} (ackmark ${base.ackmark})`),
      paint(`head  ${head.id} (ackmark ${head.ackmark})`),
    ],
    testbedLines(comparison, paint),
    promiseLines(comparison.promises, paint),
    figureLines(comparison, ink, options),
    comparison.leftOut.map(({ what, reason }) => paint(`– ${what} left out: ${reason}`)),
    [paint(`exit ${outcome.exitCode}  ${outcome.reason}`)],
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

type Paint = (text: string, role?: Role) => string;

function testbedLines({ testbed, rows }: Comparison, paint: Paint): string[] {
  if (testbed.length === 0) return [];
  return [
    paint(
      `! Unlike machines: figures ${rows.length === 0 ? 'are not compared' : 'are compared because it was asked for'}`,
      'unclaimed',
    ),
    ...testbed.map(({ what, base, head }) => paint(`  ${what}: ${base} → ${head}`)),
  ];
}

function promiseLines(changes: readonly PromiseChange[], paint: Paint): string[] {
  if (changes.length === 0) return [];
  const shown = changes.slice(0, changesShown);
  return [
    paint('PROMISES', 'heading'),
    ...shown.map(({ profile, scenario, check, base, head, isBroken }) =>
      paint(
        `  ${profile} ${scenario} ${check}: ${base ?? 'not judged'} → ${head}`,
        isBroken ? 'broken' : undefined,
      ),
    ),
    ...(shown.length < changes.length
      ? [paint(`  ${shown.length} of ${changes.length} changes shown`)]
      : []),
  ];
}

function figureLines(comparison: Comparison, ink: Ink, options: ReportOptions): string[] {
  const { rows, alpha, minimumEffect } = comparison;
  if (rows.length === 0) return [];
  const shown = rows.slice(0, rowsShown);
  const columns = ['profile, scenario', 'metric', 'base', 'head', 'factor', 'p', ''].map(
    (title, at) => ({
      titles: [ink.span(title, 'muted')],
      align: at < 4 || at === 6 ? ('left' as const) : ('right' as const),
    }),
  );
  const cells = shown.map((row, at) => [
    ink.span(startsCell(shown, at) ? `${row.profile}, ${row.scenario}` : ''),
    ink.span(metricWords[row.metric].name),
    ink.span(estimateText(row.metric, row.base)),
    ink.span(estimateText(row.metric, row.head)),
    ink.span(factorText(row)),
    ink.span(significant(row.adjustedP, 2)),
    ink.span(row.word, roleOf[row.word]),
  ]);
  const about = `${percent(minimumEffect)} or more at p ≤ ${alpha}, adjusted for the cells of each metric; intervals: 95 %`;
  return [
    `${ink.paint(ink.span('FIGURES', 'heading'))}  ${ink.paint(ink.span(about, 'muted'))}`,
    ...tableLines(ink, columns, cells, Math.max(options.columns, 160)),
    ...(shown.length < rows.length ? [`  ${shown.length} of ${rows.length} rows shown`] : []),
    ...noiseLines(rows, ink),
  ];
}

function startsCell(rows: readonly ComparisonRow[], at: number): boolean {
  const before = rows[at - 1];
  const row = rows[at];
  return before?.profile !== row?.profile || before?.scenario !== row?.scenario;
}

/** Why rows are within noise, each reason once. */
function noiseLines(rows: readonly ComparisonRow[], ink: Ink): string[] {
  const reasons = new Map<string, number>();
  for (const { word, reason } of rows) {
    if (word === 'within noise') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return [...reasons].map(([reason, count]) =>
    ink.paint(ink.span(`  ${plural(count, 'row')} within noise: ${reason}`, 'muted')),
  );
}
