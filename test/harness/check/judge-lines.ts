import type { CheckResult } from '../../../harness/check/check.ts';
import type { Judgement } from '../../../harness/check/judge.ts';
import { type CheckId, informative } from '../../../harness/core/anomalies.ts';
import { importLines } from '../../../harness/import/import-lines.ts';
import type { LinesRead } from '../../../harness/import/read-lines.ts';
import { foldHistory } from '../../../harness/run/foreign/fold-history.ts';
import { MemoryDisk } from '../history/memory-disk.ts';

export interface JudgedLines extends LinesRead {
  readonly judgement: Judgement;
  readonly disk: MemoryDisk;
}

/** Reads lines of the NDJSON format, one list for each file, and judges them with every check. */
export function judgeLines(...files: readonly (readonly string[])[]): JudgedLines {
  const disk = new MemoryDisk();
  const paths = files.map((_lines, index) => `${'abcdefgh'[index]}.ndjson`);
  for (const [index, path] of paths.entries()) {
    const text = (files[index] ?? []).map((line) => `${line}\n`).join('');
    disk.create(path).write(Buffer.from(text), 0);
  }
  const sources = paths.map((path) => ({ path, name: path }));
  const imported = importLines(sources, disk, 'scratch');
  const history = { ...imported, directory: 'scratch', files: paths };
  return { ...imported, judgement: foldHistory(history, disk).judgement, disk };
}

/** Ids of the checks that proved something. */
export function idsFound({ results }: Judgement): readonly CheckId[] {
  const isFound = (result: CheckResult): boolean => result.status === 'decided' && result.count > 0;
  return results.filter(isFound).map(({ check }) => check);
}

/** Ids that are found, or for information only and observed. */
export function idsObserved(judgement: Judgement): readonly CheckId[] {
  const isObserved = (result: CheckResult): boolean =>
    result.status === 'decided' && informative.has(result.check) && result.exposure > 0;
  const observed = judgement.results.filter(isObserved).map(({ check }) => check);
  return [...idsFound(judgement), ...observed];
}
