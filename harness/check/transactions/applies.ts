import type { CellFacts } from '../../core/facts.ts';

export function withTransactions({ transactions }: CellFacts): string | undefined {
  return transactions === 'none' ? 'no transactions are recorded' : undefined;
}

export function withReadCommitted({ transactions }: CellFacts): string | undefined {
  if (transactions === 'none') return 'no transactions are recorded';
  return transactions === 'read-uncommitted' ? 'its groups read uncommitted messages' : undefined;
}
