import type { CheckId } from '../../core/anomalies.ts';
import { logMutants } from './of-logs.ts';
import { queueMutants } from './of-queues.ts';
import { idsOf, type Mutant } from './mutant.ts';

export const mutants: readonly Mutant[] = [...logMutants, ...queueMutants].toSorted((a, b) =>
  a.id.localeCompare(b.id, 'en', { numeric: true }),
);

export function mutantsThatExpect(id: CheckId): readonly Mutant[] {
  return mutants.filter((mutant) => idsOf(mutant).includes(id));
}
