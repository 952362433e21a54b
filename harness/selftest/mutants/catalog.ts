import { checkModules } from '../../check/catalog.ts';
import type { CheckId } from '../../core/anomalies.ts';
import { deadLetterMutants } from './of-dead-letters.ts';
import { groupMutants } from './of-groups.ts';
import { leaseMutants } from './of-leases.ts';
import { logMutants } from './of-logs.ts';
import { orderMutants } from './of-order.ts';
import { queueMutants } from './of-queues.ts';
import { routingMutants } from './of-routing.ts';
import { transactionMutants } from './of-transactions.ts';
import { idsOf, type Mutant, type PendingMutant } from './mutant.ts';

export const mutants: readonly Mutant[] = [
  ...logMutants,
  ...queueMutants,
  ...leaseMutants,
  ...deadLetterMutants,
  ...orderMutants,
  ...groupMutants,
  ...transactionMutants,
  ...routingMutants,
].toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));

/** Named, and not played by any model yet. What a model imitates (M13, M14, M23, M24) is played. */
export const pendingMutants: readonly PendingMutant[] = [];

export function mutantsThatExpect(id: CheckId): readonly Mutant[] {
  return mutants.filter((mutant) => idsOf(mutant).includes(id));
}

/** One mutant by its id, `M20` with its variants; all of them without a name. */
export function mutantsNamed(name: string | undefined): readonly Mutant[] {
  return mutants.filter(({ id }) => name === undefined || id === name || id.startsWith(`${name} `));
}

/** Checks that no mutant expects, without which nothing could survive. */
export const uncoveredChecks: readonly CheckId[] = checkModules
  .map(({ id }) => id)
  .filter((id) => mutantsThatExpect(id).length === 0);
