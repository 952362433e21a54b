import type { RunRecord } from '../../harness/record/schema.ts';
import {
  type CellState,
  type MatrixCell,
  type MatrixRow,
  matrixOf,
  type SeenAnomaly,
} from '../model/matrix.ts';
import { chosenRows } from '../model/chosen-rows.ts';
import { marksIn, type Remark, remarksOf } from '../model/remarks.ts';
import { type CellMark, chancesText, stateGlyph, stateMeaning, stateWord } from '../model/words.ts';
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
  const shown = options.detail === 'full' ? rows : chosenRows(rows, rowsShown);
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
    lines.push(`  ${shown.length} of ${rows.length} profiles shown; the html report has all`);
  }
  if (scenarios.length > scenariosShown) {
    lines.push(`  ${scenariosShown} of ${scenarios.length} scenarios shown`);
  }
  const cells = shown.flatMap((row) => row.cells.slice(0, scenariosShown));
  return [...lines, ...legendLines(cells, ink)];
}

/** Words that say what they mean need no key. */
const plainMarks: ReadonlySet<CellMark> = new Set([
  'kept',
  'broken',
  'inconclusive',
  'error',
  'unsupported',
  'unplanned',
]);

/** The names of the anomalies that the matrix mentions by id, and what its rarer marks mean. */
function legendLines(cells: readonly (MatrixCell | undefined)[], ink: Ink): string[] {
  const seen = cells
    .flatMap((cell) => (cell === undefined ? [] : firstRemark(cell)))
    .flatMap(({ anomalies }) => anomalies);
  const titles = new Map(seen.map((anomaly) => [anomaly.check, anomaly.title]));
  const names = [...titles].map(([check, title]) => `${check} ${title}`).join(' · ');
  const marks = marksIn(cells, firstRemark).filter((mark) => !plainMarks.has(mark));
  const isMore = cells.some(
    (cell) => cell !== undefined && firstRemark(cell).some(({ anomalies }) => anomalies.length > 1),
  );
  const lines = [
    ...(names === '' ? [] : [`  ${names}`]),
    ...(isMore
      ? ['  +1, +2: so many more anomalies in the same cell; the html report has all']
      : []),
    ...marks.map((mark) => `  ${stateGlyph[mark]} ${stateWord[mark]}: ${stateMeaning[mark]}`),
  ];
  return lines.map((line) => ink.paint(ink.span(line, 'muted')));
}

/** A cell has one line for what was seen: the worst of it. */
function firstRemark(cell: MatrixCell): readonly Remark[] {
  return remarksOf(cell).slice(0, 1);
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
  const [remark] = firstRemark(cell);
  if (remark !== undefined) return remarkSpan(cell, remark, ink);
  const held = cell.state === 'held' && cell.exposure > 0;
  const bound = `n=${whole(cell.exposure)} ≤${percent(cell.upperBound)}`;
  return ink.span(held ? `  ${bound}` : '', 'held');
}

function remarkSpan(cell: MatrixCell, { mark, anomalies }: Remark, ink: Ink): Span {
  const [first] = anomalies;
  if (first === undefined) return ink.span('');
  const glyph = mark === cell.state ? ' ' : stateGlyph[mark];
  const text = anomalyText(first, anomalies.length);
  const [deviating] = mark === 'against' ? cell.unexpected : cell.expected;
  switch (mark) {
    case 'broken':
      return ink.span(`${glyph} ${text}`, 'broken');
    case 'expected': {
      const until = `${deviating?.deviation} until ${deviating?.expires}`;
      return ink.span(`${glyph} ${text} (${until})`, 'unclaimed');
    }
    case 'should':
      return ink.span(`${glyph} ${stateWord.should} ${text}`, 'unclaimed');
    case 'against': {
      const what = `${deviating?.deviation} ${first.check}`;
      return ink.span(`${glyph} ${stateWord.against} ${what}`, 'unclaimed');
    }
    case 'unclaimed':
      return ink.span(`${glyph} ${text}`, 'unclaimed');
  }
}

/** A percentage of a handful would sound like more than it is. */
const fewChances = 1_000;

function anomalyText({ check, count, exposure, rate }: SeenAnomaly, of: number): string {
  const much =
    exposure < fewChances ? `${whole(count)} of ${chancesText(check, exposure)}` : percent(rate);
  return `${check} ${much}${of > 1 ? ` +${of - 1}` : ''}`;
}
