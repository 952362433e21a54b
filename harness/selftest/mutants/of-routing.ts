import type { Mutant } from './mutant.ts';

/** Defects of exchanges and topics. */
export const routingMutants: readonly Mutant[] = [];
