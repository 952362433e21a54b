import type { Mutant } from './mutant.ts';

/** Defects of a queue that lends its messages out. */
export const leaseMutants: readonly Mutant[] = [];
