import type { Mutant } from './mutant.ts';

/** Defects of the order in which a log stores and hands out. */
export const orderMutants: readonly Mutant[] = [];
