import { gate, type FailOn } from '../../gate/gate.ts';
import type { HistorySource } from '../../import/import-lines.ts';
import { type RunRecord, schemaVersion } from '../../record/schema.ts';
import { type FoldedHistory, foldHistory } from './fold-history.ts';
import { type ForeignOptions, judgeForeign } from './judge-foreign.ts';
import { type ForeignHistory, openForeign } from './open-history.ts';
import { foldSharded } from './shards/fold-sharded.ts';
import { openWorkerPool } from './shards/worker-pool.ts';
import { listedLines } from './unread.ts';

export interface HistoryCheck extends ForeignOptions {
  readonly sources: readonly HistorySource[];
  readonly scratch: string;
  /** Threads that judge; 1: this one alone. */
  readonly workers: number;
  /** Ends the threads. */
  readonly signal: AbortSignal;
  readonly failOn: readonly FailOn[];
  /** The parts of the record that the caller knows. */
  readonly heading: Pick<
    RunRecord,
    'ackmark' | 'id' | 'command' | 'startedAt' | 'host' | 'configuration' | 'selftest'
  >;
}

export interface CheckedHistory {
  readonly record: RunRecord;
  /** Lines that were no events, for whoever wrote them. */
  readonly malformed: readonly string[];
}

/** A history from elsewhere as a run of one judged cell, for the same gate and reports as any other. */
export async function checkHistory(check: HistoryCheck): Promise<CheckedHistory> {
  const history = openForeign(check.sources, check.disk, check.scratch);
  const cell = judgeForeign(history, await fold(history, check), check);
  const { exitCode, reason } = gate({
    cells: [cell],
    planned: 1,
    interrupted: false,
    failOn: check.failOn,
    thresholds: [],
  });
  return {
    malformed: listedLines(history.problems),
    record: {
      schemaVersion,
      ...check.heading,
      seed: 0,
      tookNs: cell.tookNs,
      interrupted: false,
      outcome: { exitCode, reason },
      cells: [cell],
      cellsPlanned: 1,
      controls: [],
      thresholds: [],
      searches: [],
      textbook: [],
      fidelity: [],
    },
  };
}

async function fold(
  history: ForeignHistory,
  { workers, signal, disk }: HistoryCheck,
): Promise<FoldedHistory> {
  if (workers <= 1) return foldHistory(history, disk);
  const pool = await openWorkerPool(workers, signal);
  try {
    return await foldSharded(history.directory, workers, pool);
  } finally {
    await pool.close();
  }
}
