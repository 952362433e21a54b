import type { CheckId } from '../core/anomalies.ts';
import type { JudgedCell } from '../record/schema.ts';

/** A clause with a known deviation, and what became of it. */
export interface DeviatingClause {
  readonly cell: string;
  readonly check: CheckId;
  readonly id: string;
  readonly expires: string;
  /** Broken and excused, broken after it had expired, or kept against what it says. */
  readonly outcome: 'expected' | 'expired' | 'unexpectedly-kept';
}

export function deviatingClauses(cell: JudgedCell): DeviatingClause[] {
  return cell.clauses.flatMap(({ check, deviation, state }) => {
    if (deviation === null) return [];
    const outcome = state === 'broken' ? 'expired' : state;
    if (outcome !== 'expected' && outcome !== 'expired' && outcome !== 'unexpectedly-kept') {
      return [];
    }
    const { id, expires } = deviation;
    return [{ cell: cell.id, check, id, expires, outcome }];
  });
}
