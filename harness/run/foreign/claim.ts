import {
  type ClaimedLevel,
  type ObligedClause,
  obligedBy,
  type PromiseSet,
} from '../../core/clauses.ts';
import type { CellFacts } from '../../core/facts.ts';

/** What a history from elsewhere is to be judged by. */
export interface ForeignClaim {
  /** `none` without promises: everything is counted, and nothing can be broken. */
  readonly level: ClaimedLevel;
  readonly promises: readonly PromiseSet[];
  readonly minimumAcknowledged: number;
  readonly minimumDelivered: number;
}

export function claimText({ level, promises }: ForeignClaim): string {
  const parts = level === 'none' ? promises : [level, ...promises];
  return parts.length === 0 ? 'none' : parts.join(',');
}

export function claimsAnything({ level, promises }: ForeignClaim): boolean {
  return level !== 'none' || promises.length > 0;
}

export function obligedOf(claim: ForeignClaim, { sinks }: CellFacts): readonly ObligedClause[] {
  return obligedBy(claim.level, claim.promises, {
    effects: sinks.length > 0 ? 'in-the-system' : 'unrecorded',
  });
}
