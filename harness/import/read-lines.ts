import type { EventRecord } from '../core/events.ts';
import type { DiskFile } from '../history/disk.ts';
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
import { type Sidecar, sidecarVersion } from './sidecar.ts';

export interface NamedFile {
  readonly name: string;
  readonly file: DiskFile;
}

export type VisitLine = (event: EventRecord, file: number, line: number) => void;

export interface LinesRead {
  readonly sidecar: Sidecar;
  readonly problems: ProblemReport;
}

/**
 * Validates every line, brings the files' events into one order of time, and shows them. Facts that the
 * headers leave out are known only after the last line. Memory is a chunk and a line of each file, and the
 * names.
 *
 * @param begin called with the run that the headers name, before the first event; what it returns is shown
 *   every event, with the number of its file in `of` and that of its line
 */
export function readLines(of: readonly NamedFile[], begin: (run: string) => VisitLine): LinesRead {
  const problems = new ProblemList();
  const run = new RunName();
  const files = of.map(({ name, file }) => new HistoryFile(name, file, problems, run));
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
  const named = run.name;
  const visit = begin(named);
  let events = 0;
  for (let file = earliest(files); file !== undefined; file = earliest(files)) {
    for (const event of eventsOf(file, conversion)) {
      events += 1;
      visit(event, files.indexOf(file), file.currentLine);
    }
    file.advance();
  }
  return {
    sidecar: sidecarOf(header, conversion, named, events),
    problems: problems.report(),
  };
}

/** Lines that are in memory, as a file. */
export function textFile(lines: readonly string[]): DiskFile {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  return {
    write: () => undefined,
    read: (into, position) => bytes.copy(into, 0, position, position + into.length),
    size: () => bytes.length,
    close: () => undefined,
  };
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
