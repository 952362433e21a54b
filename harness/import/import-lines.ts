import { AckmarkError } from '../core/errors.ts';
import { hashText } from '../core/random.ts';
import type { Disk, DiskFile } from '../history/disk.ts';
import { SegmentStore } from '../history/segments.ts';
import { type OriginOf, OriginWriter, originsIn } from './origins.ts';
import { type LinesRead, type NamedFile, readLines } from './read-lines.ts';
import { writeSidecar } from './sidecar.ts';

/** A file, and what its reader calls it. */
export interface HistorySource {
  readonly path: string;
  readonly name: string;
}

export interface LinesImported extends LinesRead {
  /** As long as the directory is there. */
  readonly originOf: OriginOf;
}

/**
 * First pass over a foreign history: whatever of its lines can be read is kept as segments in `directory`,
 * with a sidecar; judging is a second pass, over those.
 *
 * @throws AckmarkError for a file that cannot be read; everything else becomes a problem of the report
 */
export function importLines(
  sources: readonly HistorySource[],
  disk: Disk,
  directory: string,
): LinesImported {
  const open: NamedFile[] = [];
  try {
    for (const source of sources) open.push({ name: source.name, file: opened(source, disk) });
    return kept(open, disk, directory);
  } finally {
    for (const { file } of open) file.close();
  }
}

function kept(files: readonly NamedFile[], disk: Disk, directory: string): LinesImported {
  disk.makeDirectory(directory);
  const origins = new OriginWriter(directory, disk);
  let store: SegmentStore | undefined;
  try {
    const read = readLines(files, (run) => {
      const segments = new SegmentStore({
        directory,
        disk,
        run: hashText(run),
        retention: { mode: 'full', capBytes: Number.MAX_SAFE_INTEGER },
      });
      store = segments;
      return (event, file, line) => {
        segments.append(event);
        origins.append(file, line);
      };
    });
    writeSidecar(directory, disk, read.sidecar);
    const names = files.map(({ name }) => name);
    return { ...read, originOf: originsIn(directory, disk, names) };
  } finally {
    origins.close();
    store?.close();
  }
}

function opened({ path, name }: HistorySource, disk: Disk): DiskFile {
  try {
    return disk.open(path);
  } catch (cause) {
    throw new AckmarkError('BAD_HISTORY', `${name} cannot be read`, {
      hint: 'Name a file of NDJSON lines, as docs/history-format.md describes them.',
      cause,
    });
  }
}
