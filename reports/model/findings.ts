import type { ClauseRecord, JudgedCell, RunRecord } from '../../harness/record/schema.ts';
import { isControl, isJudged } from './cells.ts';

/** One anomaly in one cell. */
export interface Finding {
  readonly cell: JudgedCell;
  readonly clause: ClauseRecord;
  /** `possible`: seen only under a reading of the timestamps that another reading excuses. */
  readonly kind: 'broken' | 'unclaimed' | 'possible';
}

const order: readonly Finding['kind'][] = ['broken', 'unclaimed', 'possible'];

/** Broken claims first, then what was seen where nothing was claimed, then what is only possible. */
export function findingsOf(record: RunRecord): Finding[] {
  const findings = record.cells
    .filter(isJudged)
    .filter((cell) => !isControl(cell))
    .flatMap((cell) => cell.clauses.flatMap((clause) => findingOf(cell, clause)));
  return order.flatMap((kind) => findings.filter((finding) => finding.kind === kind));
}

function findingOf(cell: JudgedCell, clause: ClauseRecord): Finding[] {
  if (clause.state === 'broken') return [{ cell, clause, kind: 'broken' }];
  if (clause.state === 'unclaimed-violated') return [{ cell, clause, kind: 'unclaimed' }];
  return clause.possible > 0 ? [{ cell, clause, kind: 'possible' }] : [];
}
