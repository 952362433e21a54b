import type { CheckResult } from '../../../check/check.ts';
import { type CheckId, checkIds } from '../../../core/anomalies.ts';
import type { FoldedHistory } from '../fold-history.ts';
import { mergedResults } from './merged-results.ts';
import { checksByScope, type PartTask } from './part.ts';

/** Hands tasks to workers, as many at once as there are. */
export interface PartRunner {
  cell(task: Extract<PartTask, { readonly of: 'cell' }>): Promise<FoldedHistory>;
  lanes(task: Extract<PartTask, { readonly of: 'lanes' }>): Promise<readonly CheckResult[]>;
}

/**
 * Judges a kept history in parts: one worker sees everything, for the checks that need it, the others some
 * of the lanes each. Where a part cannot decide a check, the whole history is folded for it once more. The
 * results are those of one pass as long as nothing falls out of a bounded window; beyond, parts remember
 * more than the whole does, and fewer findings are only possible.
 */
export async function foldSharded(
  directory: string,
  workers: number,
  runner: PartRunner,
): Promise<FoldedHistory> {
  const checks = checksByScope();
  const parts = Math.max(1, workers - 1);
  const [cell, ...shards] = await Promise.all([
    runner.cell({ of: 'cell', directory, checks: checks.cell }),
    ...Array.from({ length: parts }, (_, part) =>
      runner.lanes({ of: 'lanes', directory, checks: checks.lanes, part, parts }),
    ),
  ]);
  const { results, open } = mergedResults(shards);
  const again = await wholeAgain(directory, open, runner);
  const all = [...cell.judgement.results, ...results, ...(again?.judgement.results ?? [])].toSorted(
    (a, b) => checkIds.indexOf(a.check) - checkIds.indexOf(b.check),
  );
  const irregularities = [
    ...cell.judgement.irregularities,
    ...(again?.judgement.irregularities ?? []),
  ];
  return {
    ...cell,
    judgement: {
      ...cell.judgement,
      results: all,
      irregularities: [...new Set(irregularities)],
    },
  };
}

async function wholeAgain(
  directory: string,
  open: readonly CheckId[],
  runner: PartRunner,
): Promise<FoldedHistory | undefined> {
  return open.length === 0 ? undefined : runner.cell({ of: 'cell', directory, checks: open });
}
