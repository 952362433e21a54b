import type {
  ClauseRecord,
  ClauseState,
  JudgedCell,
  RunRecord,
} from '../../harness/record/schema.ts';
import { isControl, isJudged } from './cells.ts';

/** One anomaly in one cell. */
export interface Finding {
  readonly cell: JudgedCell;
  readonly clause: ClauseRecord;
  /**
   * `expected`: broken as a known deviation says. `should`: against what should not happen. `possible`:
   * seen only under a reading of the timestamps that another reading excuses.
   */
  readonly kind: 'broken' | 'expected' | 'should' | 'unclaimed' | 'possible';
}

const order: readonly Finding['kind'][] = ['broken', 'expected', 'should', 'unclaimed', 'possible'];

/** Broken claims first, then what was seen where nothing was claimed, then what is only possible. */
export function findingsOf(record: RunRecord): Finding[] {
  const findings = record.cells
    .filter(isJudged)
    .filter((cell) => !isControl(cell))
    .flatMap((cell) => cell.clauses.flatMap((clause) => findingOf(cell, clause)));
  return order.flatMap((kind) => findings.filter((finding) => finding.kind === kind));
}

const kindOf: Readonly<Partial<Record<ClauseState, Finding['kind']>>> = {
  broken: 'broken',
  expected: 'expected',
  'should-violated': 'should',
  'unclaimed-violated': 'unclaimed',
};

function findingOf(cell: JudgedCell, clause: ClauseRecord): Finding[] {
  const kind = kindOf[clause.state];
  if (kind !== undefined) return [{ cell, clause, kind }];
  return clause.possible > 0 ? [{ cell, clause, kind: 'possible' }] : [];
}
