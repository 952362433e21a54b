import { AckmarkError } from '../../core/errors.ts';
import type { Disk } from '../../history/disk.ts';
import { type HistorySource, importLines } from '../../import/import-lines.ts';
import type { OriginOf } from '../../import/origins.ts';
import type { ProblemReport } from '../../import/problem-list.ts';
import { readSidecar, type Sidecar, sidecarFile } from '../../import/sidecar.ts';

/** A history from elsewhere as segments with their sidecar, and what of it could not be read. */
export interface ForeignHistory {
  /** Of the segments. */
  readonly directory: string;
  readonly sidecar: Sidecar;
  readonly problems: ProblemReport;
  /** What it was read from, for human readers. */
  readonly files: readonly string[];
  /** File and line of an event, or its number where it was no line. */
  readonly originOf: OriginOf;
}

const linesSuffix = /\.(?:ndjson|jsonl)$/;

/** What a path given to `ackmark check` is; `nothing`: a directory without anything that can be judged. */
export type PathKind = 'run' | 'binary' | 'lines' | 'nothing';

export function kindOfPath(path: string, disk: Disk): PathKind {
  if (path.endsWith('.json')) return 'run';
  if (linesSuffix.test(path)) return 'lines';
  const names = namesIn(path, disk);
  if (names === undefined) return 'lines';
  if (names.includes(sidecarFile)) return 'binary';
  if (names.includes('run.json')) return 'run';
  return names.some((name) => linesSuffix.test(name)) ? 'lines' : 'nothing';
}

export function nothingToJudge(name: string): AckmarkError {
  return new AckmarkError(
    'USAGE',
    `${name} holds no run.json, no ${sidecarFile} and no file of lines (.ndjson, .jsonl)`,
    { hint: 'Name a run directory, a directory that `ackmark history` wrote, or files of lines.' },
  );
}

/**
 * @param scratch an empty directory, where lines are kept as segments; gone when the caller removes it
 * @throws AckmarkError when a file cannot be read at all
 */
export function openForeign(
  sources: readonly HistorySource[],
  disk: Disk,
  scratch: string,
): ForeignHistory {
  const [first] = sources;
  if (first !== undefined && sources.length === 1 && kindOfPath(first.path, disk) === 'binary') {
    const { path, name } = first;
    return {
      directory: path,
      sidecar: readSidecar(path, disk),
      problems: nothingWrong,
      files: [name],
      originOf: (event) => `event ${event + 1}`,
    };
  }
  const files = sources.flatMap((source) => filesOf(source, disk));
  const imported = importLines(files, disk, scratch);
  return { directory: scratch, ...imported, files: files.map(({ name }) => name) };
}

const nothingWrong: ProblemReport = { lines: 0, malformed: 0, cut: 0, first: [], ofHistory: [] };

function filesOf(source: HistorySource, disk: Disk): readonly HistorySource[] {
  const { path, name } = source;
  switch (kindOfPath(path, disk)) {
    case 'lines': {
      const files = (namesIn(path, disk) ?? []).filter((file) => linesSuffix.test(file)).toSorted();
      if (files.length === 0) return [source];
      return files.map((file) => ({ path: `${path}/${file}`, name: `${name}/${file}` }));
    }
    case 'run':
      throw new AckmarkError('USAGE', `${name} is no history that could be one of several`, {
        hint: 'Name one run directory, one directory of segments, or files of NDJSON lines.',
      });
    case 'nothing':
      throw nothingToJudge(name);
    case 'binary':
      throw new AckmarkError('USAGE', `${name} is a binary history: it is judged alone`, {
        hint: 'Judge it by itself; several files of NDJSON lines may make one history.',
      });
  }
}

/** Undefined for what is no directory. */
function namesIn(path: string, disk: Disk): readonly string[] | undefined {
  try {
    return disk.list(path);
  } catch {
    // A file, which the reader opens and says what is wrong with it.
    return undefined;
  }
}
