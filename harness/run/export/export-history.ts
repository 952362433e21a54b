import { AckmarkError } from '../../core/errors.ts';
import { type EventRecord, EventKind, OutcomeCode } from '../../core/events.ts';
import { plural } from '../../core/plural.ts';
import { hashText } from '../../core/random.ts';
import type { Disk } from '../../history/disk.ts';
import { type HistoryRead, readHistory } from '../../history/reader.ts';
import { SegmentStore } from '../../history/segments.ts';
import { LineWriter } from '../../import/export-lines.ts';
import { type Sidecar, writeSidecar } from '../../import/sidecar.ts';
import type { FaultRecord } from '../../record/schema.ts';

export const exportFormats = ['ndjson', 'binary'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface HistoryToExport {
  /** Of its segments. */
  readonly directory: string;
  readonly sidecar: Sidecar;
  /** Of a run: whether a fault bit stands in its record, not in its events. */
  readonly faults: readonly FaultRecord[];
}

/**
 * Writes a history whole, as lines into the file `out` or as segments with a sidecar into the directory.
 *
 * @returns how many events were written
 * @throws AckmarkError when the history cannot be read to its end; what was written until then stays
 */
export function exportHistory(
  { directory, sidecar, faults }: HistoryToExport,
  format: ExportFormat,
  out: string,
  disk: Disk,
): number {
  const copy = (append: (event: EventRecord) => void): HistoryRead =>
    readHistory(directory, disk, (event) => {
      if (event.kind === EventKind.faultStopped) sayWhetherItBit(event, faults);
      append(event);
    });
  const read =
    format === 'ndjson' ? toLines(sidecar, out, disk, copy) : toSegments(sidecar, out, disk, copy);
  if (read.problem !== undefined) throw read.problem;
  if (read.eventsRead === sidecar.events) return read.eventsRead;
  throw new AckmarkError(
    'BAD_HISTORY',
    `${read.eventsRead} of ${plural(sidecar.events, 'event')} of the history are there`,
    { hint: 'What was written is incomplete and decides nothing; run the cell again.' },
  );
}

type Copy = (append: (event: EventRecord) => void) => HistoryRead;

function toLines(sidecar: Sidecar, out: string, disk: Disk, copy: Copy): HistoryRead {
  const file = disk.create(out);
  try {
    const writer = new LineWriter(file, sidecar);
    const read = copy((event) => writer.append(event));
    writer.flush();
    return read;
  } finally {
    file.close();
  }
}

function toSegments(sidecar: Sidecar, out: string, disk: Disk, copy: Copy): HistoryRead {
  disk.makeDirectory(out);
  if (disk.list(out).length > 0) {
    throw new AckmarkError('USAGE', `${out} is not empty`, {
      hint: 'Name a new directory: a history has one of its own.',
    });
  }
  const store = new SegmentStore({
    directory: out,
    disk,
    run: hashText(sidecar.run),
    retention: { mode: 'full', capBytes: Number.MAX_SAFE_INTEGER },
  });
  try {
    const read = copy((event) => store.append(event));
    writeSidecar(out, disk, sidecar);
    return read;
  } finally {
    store.close();
  }
}

function sayWhetherItBit(event: EventRecord, faults: readonly FaultRecord[]): void {
  const fault = faults[event.ref];
  if (fault !== undefined) event.outcome = fault.bit ? OutcomeCode.ok : OutcomeCode.fail;
}
