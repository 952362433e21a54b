import { createJudge, type Judgement } from '../../check/judge.ts';
import type { Disk } from '../../history/disk.ts';
import { type HistoryRead, readHistory } from '../../history/reader.ts';
import type { ForeignHistory } from './open-history.ts';
import { ToldByHistory } from './told.ts';

/** What one reading of all events came to. */
export interface FoldedHistory {
  readonly judgement: Judgement;
  readonly told: ToldByHistory;
  readonly read: HistoryRead;
}

export function foldHistory({ sidecar, directory }: ForeignHistory, disk: Disk): FoldedHistory {
  const told = new ToldByHistory(sidecar.names);
  const judge = createJudge(sidecar.facts, {
    laneName: (lane) => sidecar.names.lanes[lane] ?? String(lane),
  });
  for (const span of sidecar.lanes) judge.addLanes(span);
  const read = readHistory(directory, disk, (event) => {
    judge.fold(event);
    told.fold(event);
  });
  return { judgement: judge.finish(), told, read };
}
