import type { Mutant } from './mutant.ts';

/** Defects of a queue with dead letters and message groups. */
export const deadLetterMutants: readonly Mutant[] = [];
