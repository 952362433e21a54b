import { checkModules } from '../../check/catalog.ts';
import type { CheckModule } from '../../check/check.ts';
import { createJudge, type Judge, type Judgement } from '../../check/judge.ts';
import type { EventRecord } from '../../core/events.ts';
import type { Disk } from '../../history/disk.ts';
import { type HistoryRead, readHistory } from '../../history/reader.ts';
import type { Sidecar } from '../../import/sidecar.ts';
import { eventNames } from './names-of.ts';
import { type Told, ToldByHistory } from './told.ts';

/** What one reading of all events came to; plain data, that threads can hand to each other. */
export interface FoldedHistory {
  readonly judgement: Judgement;
  readonly told: Told;
  readonly read: ReadSummary;
}

export interface ReadSummary extends Pick<HistoryRead, 'run' | 'firstEvent' | 'eventsRead'> {
  /** Why there are not more; empty when all were read. */
  readonly problem: string;
}

interface KeptHistory {
  readonly directory: string;
  readonly sidecar: Sidecar;
}

/** Judges all lanes in one pass. */
export function foldHistory(
  { sidecar, directory }: KeptHistory,
  disk: Disk,
  checks: readonly CheckModule[] = checkModules,
): FoldedHistory {
  const told = new ToldByHistory(sidecar.names);
  const judge = judgeOf(sidecar, checks);
  for (const span of sidecar.lanes) judge.addLanes(span);
  const read = readSummary(directory, disk, (event) => {
    judge.fold(event);
    told.fold(event);
  });
  const judgement = judge.resolve(judge.finish(), (visit) => {
    readSummary(directory, disk, visit);
  });
  return { judgement, told: told.told(sidecar.facts.groups), read };
}

/** A judge that calls things by their names; it knows no lane yet. */
export function judgeOf(sidecar: Sidecar, checks: readonly CheckModule[]): Judge {
  const { nameOf } = eventNames(sidecar.names);
  return createJudge(sidecar.facts, { checks, nameOf });
}

export function readSummary(
  directory: string,
  disk: Disk,
  visit: (event: EventRecord) => void,
): ReadSummary {
  const { run, firstEvent, eventsRead, problem } = readHistory(directory, disk, visit);
  return { run, firstEvent, eventsRead, problem: problem?.message ?? '' };
}
