import type { RunRecord } from '../../harness/record/schema.ts';
import { isControl, isJudged, profileName } from '../model/cells.ts';
import type { ReportOptions } from '../report.ts';
import { backlogText } from '../text/backlog.ts';
import type { Ink } from './ink.ts';

const shownMost = 12;

/** How fast each profile worked off what had waited, where a cell asked that. */
export function backlogLines(record: RunRecord, ink: Ink, options: ReportOptions): string[] {
  const drained = record.cells
    .filter(isJudged)
    .filter((cell) => !isControl(cell) && cell.drain.complete)
    .flatMap((cell) => (cell.backlog === null ? [] : [{ cell, backlog: cell.backlog }]));
  if (drained.length === 0) return [];
  const shown = options.detail === 'full' ? drained : drained.slice(0, shownMost);
  const lines = shown.map(({ cell, backlog }) =>
    ink.paint(
      ink.span(
        `  ${profileName(cell)} in ${cell.scenario}, round ${cell.round}: ${backlogText(backlog)}`,
      ),
    ),
  );
  const heading = `${ink.paint(ink.span('BACKLOG', 'heading'))}  ${ink.paint(ink.span('from the call for consumers to the last delivery'))}`;
  const left = drained.length - shown.length;
  return [heading, ...lines, ...(left > 0 ? [`  ${left} more cells`] : [])];
}
