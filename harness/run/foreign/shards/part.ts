import { checkModules } from '../../../check/catalog.ts';
import type { CheckModule, CheckResult } from '../../../check/check.ts';
import type { CheckId } from '../../../core/anomalies.ts';
import type { Disk } from '../../../history/disk.ts';
import { readSidecar } from '../../../import/sidecar.ts';
import { type FoldedHistory, foldHistory, judgeOf, readSummary } from '../fold-history.ts';
import { LaneShard } from './lane-shard.ts';

/** What one worker does; plain data. */
export type PartTask =
  | { readonly of: 'cell'; readonly directory: string; readonly checks: readonly CheckId[] }
  | {
      readonly of: 'lanes';
      readonly directory: string;
      readonly checks: readonly CheckId[];
      readonly part: number;
      readonly parts: number;
    };

/** Checks that see the whole history, and those that may see its lanes apart. */
export function checksByScope(): {
  readonly cell: readonly CheckId[];
  readonly lanes: readonly CheckId[];
} {
  const isLocal = ({ scope }: CheckModule): boolean => scope === 'lane';
  return {
    cell: checkModules.filter((module) => !isLocal(module)).map(({ id }) => id),
    lanes: checkModules.filter(isLocal).map(({ id }) => id),
  };
}

export function foldCell(
  task: Extract<PartTask, { readonly of: 'cell' }>,
  disk: Disk,
): FoldedHistory {
  const { directory } = task;
  return foldHistory({ directory, sidecar: readSidecar(directory, disk) }, disk, modules(task));
}

export function foldLanes(
  task: Extract<PartTask, { readonly of: 'lanes' }>,
  disk: Disk,
): readonly CheckResult[] {
  const { directory, part, parts } = task;
  const sidecar = readSidecar(directory, disk);
  const judge = judgeOf(sidecar, modules(task));
  const shard = new LaneShard(sidecar.lanes, part, parts, judge);
  readSummary(directory, disk, (event) => shard.show(event));
  return judge.finish().results;
}

function modules({ checks }: PartTask): readonly CheckModule[] {
  return checkModules.filter(({ id }) => checks.includes(id));
}
