import type { RunRecord } from '../../harness/record/schema.ts';
import {
  type CellState,
  type MatrixCell,
  type MatrixRow,
  matrixOf,
  type SeenAnomaly,
} from '../model/matrix.ts';
import { stateGlyph, stateMeaning, stateWord } from '../model/words.ts';
import type { ReportOptions, Role } from '../report.ts';
import { percent, whole } from '../text/numbers.ts';
import type { Ink, Span } from './ink.ts';
import { tableLines } from './table.ts';

export const stateRole: Readonly<Record<CellState, Role>> = {
  kept: 'kept',
  broken: 'broken',
  expected: 'unclaimed',
  unclaimed: 'unclaimed',
  held: 'held',
  inconclusive: 'inconclusive',
  error: 'error',
  unsupported: 'muted',
};

const rowsShown = 16;
const scenariosShown = 16;

/** Profiles × scenarios. A second line under a row tells what was seen and how often. */
export function matrixLines(record: RunRecord, ink: Ink, options: ReportOptions): string[] {
  const { scenarios, rows } = matrixOf(record);
  if (rows.length === 0) return [];
  const shown = options.detail === 'full' ? rows : rows.slice(0, rowsShown);
  const columns = [
    { titles: [ink.span('PROMISES', 'heading')], align: 'left' as const },
    ...scenarios
      .slice(0, scenariosShown)
      .map((scenario) => ({ titles: [ink.span(scenario, 'strong')], align: 'left' as const })),
  ];
  const lines = tableLines(
    ink,
    columns,
    shown.flatMap((row) => rowSpans(row, ink)),
    options.columns,
  );
  if (shown.length < rows.length) {
    lines.push(`  ${shown.length} of ${rows.length} profiles shown; --reporter html shows all`);
  }
  if (scenarios.length > scenariosShown) {
    lines.push(`  ${scenariosShown} of ${scenarios.length} scenarios shown`);
  }
  return [...lines, ...legendLines(shown, ink)];
}

/** The names of the anomalies that the matrix mentions by id, and what the rarer states mean. */
function legendLines(rows: readonly MatrixRow[], ink: Ink): string[] {
  const cells = rows.flatMap((row) => row.cells.flatMap((cell) => cell ?? []));
  const seen = cells.flatMap((cell) => [
    ...cell.broken,
    ...cell.expected,
    ...cell.unexpected,
    ...cell.should,
    ...cell.unclaimed,
  ]);
  if (seen.length === 0) return [];
  const titles = new Map(seen.map((anomaly) => [anomaly.check, anomaly.title]));
  const names = [...titles].map(([check, title]) => `${check} ${title}`).join(' · ');
  const meaning = (state: CellState, shown: boolean): string[] =>
    shown ? [`  ${stateGlyph[state]} ${stateWord[state]}: ${stateMeaning[state]}`] : [];
  const lines = [
    `  ${names}`,
    ...meaning(
      'expected',
      cells.some((cell) => cell.expected.length > 0),
    ),
    ...meaning(
      'unclaimed',
      cells.some((cell) => cell.unclaimed.length > 0),
    ),
  ];
  return lines.map((line) => ink.paint(ink.span(line, 'muted')));
}

function rowSpans(row: MatrixRow, ink: Ink): Span[][] {
  const first = [ink.span(`  ${row.name}`), ...row.cells.map((cell) => verdictSpan(cell, ink))];
  return [first, [ink.span(''), ...row.cells.map((cell) => evidenceSpan(cell, ink))]];
}

function verdictSpan(cell: MatrixCell | undefined, ink: Ink): Span {
  if (cell === undefined) return ink.span('');
  return ink.span(`${stateGlyph[cell.state]} ${stateWord[cell.state]}`, stateRole[cell.state]);
}

/** What was seen, the worst first; the line below the table says what the glyphs and the ids mean. */
function evidenceSpan(cell: MatrixCell | undefined, ink: Ink): Span {
  if (cell === undefined) return ink.span('');
  const [broken] = cell.broken;
  if (broken !== undefined) {
    return ink.span(`  ${anomalyText(broken, cell.broken.length)}`, 'broken');
  }
  const [expected] = cell.expected;
  if (expected !== undefined) {
    const glyph = cell.state === 'expected' ? ' ' : stateGlyph.expected;
    const until = `${expected.deviation} until ${expected.expires}`;
    const text = anomalyText(expected, cell.expected.length);
    return ink.span(`${glyph} ${text} (${until})`, 'unclaimed');
  }
  const [should] = cell.should;
  if (should !== undefined) {
    return ink.span(`! should ${anomalyText(should, cell.should.length)}`, 'unclaimed');
  }
  const [unexpected] = cell.unexpected;
  if (unexpected !== undefined) {
    const text = `${unexpected.check} against ${unexpected.deviation}`;
    return ink.span(`! kept ${text}`, 'unclaimed');
  }
  const [unclaimed] = cell.unclaimed;
  if (unclaimed !== undefined) {
    const glyph = cell.state === 'unclaimed' ? ' ' : stateGlyph.unclaimed;
    return ink.span(`${glyph} ${anomalyText(unclaimed, cell.unclaimed.length)}`, 'unclaimed');
  }
  const held = cell.state === 'held' && cell.exposure > 0;
  const bound = `n=${whole(cell.exposure)} ≤${percent(cell.upperBound)}`;
  return ink.span(held ? `  ${bound}` : '', 'held');
}

/** A percentage of a handful would sound like more than it is. */
const fewChances = 1_000;

function anomalyText({ check, count, exposure, rate }: SeenAnomaly, of: number): string {
  const much = exposure < fewChances ? `${whole(count)} of ${whole(exposure)}` : percent(rate);
  return `${check} ${much}${of > 1 ? ` +${of - 1}` : ''}`;
}
