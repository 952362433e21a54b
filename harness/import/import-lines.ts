import { AckmarkError } from '../core/errors.ts';
import type { EventRecord } from '../core/events.ts';
import { hashText } from '../core/random.ts';
import type { Disk, DiskFile } from '../history/disk.ts';
import { SegmentStore } from '../history/segments.ts';
import { type Conversion, SentLanes } from './conversion.ts';
import { eventsOfLine } from './events-of-line.ts';
import { factsOf, lanesOf, registerNames } from './facts-of.ts';
import { HistoryFile, RunName } from './history-file.ts';
import { HistoryNames } from './history-names.ts';
import { nothingImplied } from './implied.ts';
import { LineProblem } from './line-problems.ts';
import { LineTimes } from './line-times.ts';
import { type MergedHeader, mergedHeader } from './merged-header.ts';
import { OpenOperations } from './open-operations.ts';
import { ProblemList, type ProblemReport } from './problem-list.ts';
import { type Sidecar, sidecarVersion, writeSidecar } from './sidecar.ts';

/** A file, and what its reader calls it. */
export interface HistorySource {
  readonly path: string;
  readonly name: string;
}

export interface ImportedHistory {
  readonly sidecar: Sidecar;
  readonly problems: ProblemReport;
}

/**
 * First pass over a foreign history: validates every line, brings the files' events into one order of
 * time, and writes them as a binary history with its sidecar into `directory`. Facts that the headers
 * leave out are known only after the last line, which is why judging is a second pass. Memory is a chunk
 * and a line of each file, and the names.
 *
 * @throws AckmarkError for a file that cannot be read; everything else becomes a problem of the report
 */
export function importLines(
  sources: readonly HistorySource[],
  disk: Disk,
  directory: string,
): ImportedHistory {
  const problems = new ProblemList();
  const run = new RunName();
  const open: DiskFile[] = [];
  try {
    const files = sources.map((source) => {
      const file = opened(source, disk);
      open.push(file);
      return new HistoryFile(source.name, file, problems, run);
    });
    return merge(files, problems, run, disk, directory);
  } finally {
    for (const file of open) file.close();
  }
}

function merge(
  files: readonly HistoryFile[],
  problems: ProblemList,
  run: RunName,
  disk: Disk,
  directory: string,
): ImportedHistory {
  const header = mergedHeader(files, problems);
  const names = new HistoryNames();
  registerNames(header, names);
  const conversion: Conversion = {
    names,
    open: new OpenOperations(),
    implied: nothingImplied(),
    times: new LineTimes(Math.min(...files.map(({ currentMs }) => currentMs))),
    sent: new SentLanes(),
  };
  const store = new SegmentStore({
    directory,
    disk,
    run: hashText(run.name),
    retention: { mode: 'full', capBytes: Number.MAX_SAFE_INTEGER },
  });
  try {
    for (let file = earliest(files); file !== undefined; file = earliest(files)) {
      for (const event of eventsOf(file, conversion)) store.append(event);
      file.advance();
    }
  } finally {
    store.close();
  }
  const sidecar = sidecarOf(header, conversion, run.name, store.facts().eventsTotal);
  writeSidecar(directory, disk, sidecar);
  return { sidecar, problems: problems.report() };
}

/** Of equal times the file that was named first goes first. */
function earliest(files: readonly HistoryFile[]): HistoryFile | undefined {
  let first: HistoryFile | undefined;
  for (const file of files) {
    if (file.current === undefined) continue;
    if (first === undefined || file.currentMs < first.currentMs) first = file;
  }
  return first;
}

function eventsOf(file: HistoryFile, conversion: Conversion): readonly EventRecord[] {
  if (file.current === undefined) return [];
  try {
    return eventsOfLine(file.current, conversion.times.ns(file.currentMs), conversion);
  } catch (error) {
    if (!(error instanceof LineProblem)) throw error;
    file.refuse(error.message);
    return [];
  }
}

function sidecarOf(
  header: MergedHeader,
  { names, implied, times, sent }: Conversion,
  run: string,
  events: number,
): Sidecar {
  return {
    ackmarkHistory: sidecarVersion,
    run,
    events,
    originMs: times.originMs,
    facts: factsOf(header, names, implied),
    lanes: [...lanesOf(header, names, sent)],
    sendReply: header.sendReply ?? 'each',
    faultsPlanned: header.faultsPlanned ?? 0,
    names: {
      actors: [...names.actors.names()],
      groups: [...names.groups.names()],
      lanes: [...names.lanes.names()],
      scopes: [...names.scopes.names()],
      routes: [...names.routes.names()],
      sinks: [...names.sinks.names()],
      faults: [...names.faultNames()],
      errors: [...names.errors.names()],
      transactions: [...names.transactions.names()],
      transactionalIds: [...names.transactionalIds.names()],
    },
  };
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
