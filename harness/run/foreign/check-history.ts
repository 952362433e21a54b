import { gate, type FailOn } from '../../gate/gate.ts';
import type { HistorySource } from '../../import/import-lines.ts';
import { type RunRecord, schemaVersion } from '../../record/schema.ts';
import { foldHistory } from './fold-history.ts';
import { type ForeignOptions, judgeForeign } from './judge-foreign.ts';
import { openForeign } from './open-history.ts';
import { listedLines } from './unread.ts';

export interface HistoryCheck extends ForeignOptions {
  readonly sources: readonly HistorySource[];
  readonly scratch: string;
  readonly failOn: readonly FailOn[];
  /** The parts of the record that the caller knows. */
  readonly heading: Pick<
    RunRecord,
    'ackmark' | 'id' | 'command' | 'startedAt' | 'host' | 'configuration'
  >;
}

export interface CheckedHistory {
  readonly record: RunRecord;
  /** Lines that were no events, for whoever wrote them. */
  readonly malformed: readonly string[];
}

/** A history from elsewhere as a run of one judged cell, for the same gate and reports as any other. */
export function checkHistory(check: HistoryCheck): CheckedHistory {
  const history = openForeign(check.sources, check.disk, check.scratch);
  const cell = judgeForeign(history, foldHistory(history, check.disk), check);
  const { exitCode, reason } = gate({ cells: [cell], interrupted: false, failOn: check.failOn });
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
    },
  };
}
