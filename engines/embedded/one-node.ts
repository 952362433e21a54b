import type { FaultDomain } from '../../harness/core/clauses.ts';

/** What one node can claim: what survives the process does not survive the machine, and there is no other. */
export const oneNode: readonly FaultDomain[] = [
  'none',
  'client-crash',
  'connection-loss',
  'process-crash',
];

/** What one node can claim that syncs before it answers. */
export const oneNodeSynced: readonly FaultDomain[] = [...oneNode, 'power-loss'];
