import type { Topology } from '../engine.ts';

/**
 * Scopes are numbered through the whole deployment: the partitions of destination 0 first, then those of
 * destination 1, and so on. With one destination the scope is the partition.
 */
export interface ScopeTable {
  /** First scope of each destination. */
  readonly first: readonly number[];
  scopeOf(destination: number, partition: number): number;
}

export function scopeTable(topology: Topology): ScopeTable {
  const first: number[] = [];
  let next = 0;
  for (const destination of topology.destinations) {
    first.push(next);
    next += destination.scopes;
  }
  return {
    first,
    scopeOf: (destination, partition) => (first[destination] ?? 0) + partition,
  };
}
