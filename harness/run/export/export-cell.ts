import { join } from 'node:path';
import { AckmarkError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { suggestion } from '../../core/suggest.ts';
import type { Disk } from '../../history/disk.ts';
import type { JudgedCell, RunRecord } from '../../record/schema.ts';
import { brokenSeal } from '../seal.ts';
import { sidecarOfCell } from './cell-sidecar.ts';
import type { HistoryToExport } from './export-history.ts';

/** The judged cell of that id, or the only one there is. */
export function cellNamed(record: RunRecord, id: string | undefined): JudgedCell {
  const cells = record.cells.filter((cell) => cell.status === 'judged');
  const ids = cells.map((cell) => cell.id);
  const [only] = cells;
  if (id === undefined && cells.length === 1 && only !== undefined) return only;
  const shown = `${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ` (10 of ${ids.length})` : ''}`;
  const hint = `Judged cells: ${shown || 'none'}.`;
  if (id === undefined) throw new AckmarkError('USAGE', '--cell: name one of the cells', { hint });
  const cell = cells.find((candidate) => candidate.id === id);
  if (cell !== undefined) return cell;
  throw new AckmarkError(
    'UNKNOWN_NAME',
    `--cell: no judged cell is called ${JSON.stringify(id)}${suggestion(id, ids)}`,
    { hint },
  );
}

/**
 * The kept history of a cell.
 *
 * @param outcomes the engine's table of outcome codes, empty where it is not at hand
 * @throws AckmarkError for what was not kept whole or changed since: it would be judged as something else
 */
export function historyOfCell(
  cell: JudgedCell,
  runDirectory: string,
  disk: Disk,
  outcomes: Readonly<Record<number, string>>,
): HistoryToExport {
  const { history, judging } = cell;
  const directory = join(runDirectory, history.directory);
  const broken =
    history.directory === '' || !history.complete || judging.eventsLost > 0
      ? `its history was not kept: ${history.eventsKept} of ${plural(history.eventsTotal, 'event')}`
      : brokenSeal(directory, disk, cell);
  if (broken !== undefined) {
    throw new AckmarkError('BAD_RUN', `${cell.id}: ${broken}`, {
      hint: `Run it again with its history: ${cell.replay}`,
    });
  }
  return { directory, sidecar: sidecarOfCell(cell, outcomes), faults: cell.faults };
}
