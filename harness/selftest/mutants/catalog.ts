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
import { idsOf, type Mutant } from './mutant.ts';

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

/** The mutants that every release must kill, by name: M1 to M35. */
const namedMutants = 35;

/** Mutants whose mechanism only a simulated disk or cluster has in earnest: the models imitate some of them. */
const inSimulator = ['M13', 'M14', 'M23', 'M24'].map((id) => `${id} (simulator)`);

export const pendingMutants: readonly string[] = [
  ...inSimulator,
  ...Array.from({ length: namedMutants }, (_, index) => `M${index + 1}`).filter(
    (id) => id !== 'M13' && !mutants.some((mutant) => mutant.id.split(' ')[0] === id),
  ),
];

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
