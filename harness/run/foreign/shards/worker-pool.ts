import type { CheckResult } from '../../../check/check.ts';
import { AckmarkError } from '../../../core/errors.ts';
import type { FoldedHistory } from '../fold-history.ts';
import type { PartRunner } from './fold-sharded.ts';
import type { PartTask } from './part.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const workerModule = new URL(`./part.worker.${suffix}`, import.meta.url);

type PartResult = FoldedHistory | readonly CheckResult[];

export interface WorkerPool extends PartRunner {
  close(): Promise<void>;
}

/** Threads that judge parts of a history; aborting the signal ends them. */
export async function openWorkerPool(workers: number, signal: AbortSignal): Promise<WorkerPool> {
  // Loaded here because most commands start no threads.
  const { Piscina } = await import('piscina');
  const pool = new Piscina<PartTask, PartResult>({
    filename: workerModule.href,
    minThreads: workers,
    maxThreads: workers,
  });
  const run = async (task: PartTask): Promise<PartResult> => {
    try {
      return await pool.run(task, { signal });
    } catch (cause) {
      if (!signal.aborted) throw cause;
      throw new AckmarkError('INTERRUPTED', 'interrupted while the history was judged', {
        hint: 'Nothing was decided; run the command again.',
        cause,
      });
    }
  };
  // The worker answers each kind of task with its own kind of result.
  return {
    cell: async (task) => (await run(task)) as FoldedHistory,
    lanes: async (task) => (await run(task)) as readonly CheckResult[],
    close: () => pool.destroy(),
  };
}
