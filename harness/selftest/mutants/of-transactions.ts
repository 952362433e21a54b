import type { Mutant } from './mutant.ts';

/** Defects of transactions. */
export const transactionMutants: readonly Mutant[] = [];
