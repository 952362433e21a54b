import type { Mutant } from './mutant.ts';

/** Defects of a group of consumers, and of what stands still. */
export const groupMutants: readonly Mutant[] = [];
