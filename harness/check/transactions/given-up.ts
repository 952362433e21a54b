import type { CheckId } from '../../core/anomalies.ts';
import type { CheckResult } from '../check.ts';
import type { TransactionState } from '../state/transaction-state.ts';

interface Found {
  readonly check: CheckId;
  readonly count: number;
}

/** Why nothing is decided: nothing was found, and transactions went unexamined. */
export function givenUp(
  { check, count }: Found,
  { dropped }: TransactionState,
): CheckResult | undefined {
  if (count > 0 || dropped === 0) return undefined;
  const reason = `${dropped} unfinished transactions were beyond the table`;
  return { status: 'undecided', check, reason };
}

/** As `givenUp`, for checks that look at what became of committed transactions. */
export function lostSight(found: Found, transactions: TransactionState): CheckResult | undefined {
  const { dropped } = transactions.held;
  if (found.count > 0 || dropped === 0) return givenUp(found, transactions);
  const reason = `${dropped} committed transactions were beyond the table before they were seen in whole`;
  return { status: 'undecided', check: found.check, reason };
}
