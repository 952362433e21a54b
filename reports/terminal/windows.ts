import type { JudgedCell, RunRecord } from '../../harness/record/schema.ts';
import { isJudged } from '../model/cells.ts';
import { windowTable } from '../model/windows.ts';
import type { ReportOptions } from '../report.ts';
import { resourcesText } from '../text/resources.ts';
import { type Ink, inkFor } from './ink.ts';
import { type Column, tableLines } from './table.ts';

const rowsShown = 64;
const cellsShown = 12;

/**
 * Cells of a run by phase, by stage and around each fault.
 *
 * @param wanted what the id of a cell must hold; empty: any cell
 */
export function windowsText(record: RunRecord, wanted: string, options: ReportOptions): string {
  const ink = inkFor(options);
  const cells = record.cells
    .filter(isJudged)
    .filter(({ id, windows }) => windows.length > 0 && id.includes(wanted));
  if (cells.length === 0) return 'No cell of this run has such figures.\n';
  const shown = cells.slice(0, cellsShown);
  const sections = shown.map((cell) => cellLines(cell, ink, options).join('\n'));
  if (shown.length < cells.length) {
    sections.push(`${shown.length} of ${cells.length} cells shown: name one by a part of its id`);
  }
  return `${sections.join('\n\n')}\n`;
}

function cellLines(cell: JudgedCell, ink: Ink, options: ReportOptions): string[] {
  const { headings, cells } = windowTable([cell], rowsShown);
  const { rows, total } = cells[0] ?? { rows: [], total: 0 };
  const columns: Column[] = [
    { titles: [ink.span(''), ink.span('  window', 'muted')], align: 'left' },
    ...headings.flatMap(({ group, titles }) =>
      titles.map((title): Column => {
        // Over each of its columns, because a wide table is folded.
        return { titles: [ink.span(group, 'muted'), ink.span(title, 'muted')], align: 'right' };
      }),
    ),
  ];
  const lines = tableLines(
    ink,
    columns,
    rows.map(({ name, figures }) => [
      ink.span(`  ${name}`),
      ...figures.map((each) => ink.span(each)),
    ]),
    options.columns,
  );
  if (rows.length < total)
    lines.push(`  ${rows.length} of ${total} windows shown; run.json has all`);
  if (cell.resources !== null)
    lines.push(ink.paint(ink.span(`  ${resourcesText(cell.resources)}`)));
  return [ink.paint(ink.span(cell.id, 'heading')), ...lines];
}
