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

/** The names of the anomalies that the matrix mentions by id. */
function legendLines(rows: readonly MatrixRow[], ink: Ink): string[] {
  const seen = rows.flatMap((row) =>
    row.cells.flatMap((cell) => (cell === undefined ? [] : [...cell.broken, ...cell.unclaimed])),
  );
  if (seen.length === 0) return [];
  const titles = new Map(seen.map((anomaly) => [anomaly.check, anomaly.title]));
  const names = [...titles].map(([check, title]) => `${check} ${title}`).join(' · ');
  const lines = [`  ${names}`];
  if (rows.some((row) => row.cells.some((cell) => (cell?.unclaimed.length ?? 0) > 0))) {
    lines.push(`  ${stateGlyph.unclaimed} unclaimed: ${stateMeaning.unclaimed}`);
  }
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

/** What was seen; the line below the table says what the glyph and the ids mean. */
function evidenceSpan(cell: MatrixCell | undefined, ink: Ink): Span {
  if (cell === undefined) return ink.span('');
  const [broken] = cell.broken;
  if (broken !== undefined) {
    return ink.span(`  ${anomalyText(broken, cell.broken.length)}`, 'broken');
  }
  const [unclaimed] = cell.unclaimed;
  if (unclaimed !== undefined) {
    const glyph = cell.state === 'unclaimed' ? ' ' : stateGlyph.unclaimed;
    return ink.span(`${glyph} ${anomalyText(unclaimed, cell.unclaimed.length)}`, 'unclaimed');
  }
  const held = cell.state === 'held' && cell.exposure > 0;
  return ink.span(held ? `  n=${whole(cell.exposure)}` : '', 'held');
}

/** A percentage of a handful would sound like more than it is. */
const fewChances = 1_000;

function anomalyText({ check, count, exposure, rate }: SeenAnomaly, of: number): string {
  const much = exposure < fewChances ? `${whole(count)} of ${whole(exposure)}` : percent(rate);
  return `${check} ${much}${of > 1 ? ` +${of - 1}` : ''}`;
}
