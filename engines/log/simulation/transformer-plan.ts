import type { ConnectionTrouble } from '../../simulation.ts';

export interface TransformerPlan {
  /** Its transactional id, which whoever takes its place has, too. */
  readonly slot: number;
  readonly from: number;
  readonly to: number;
  /** Of each of the two topics; the scopes of the second follow those of the first. */
  readonly partitions: number;
  readonly route: number;
  readonly fetch: number;
  readonly workMs: readonly [low: number, high: number];
  /** Transactions of a hundred that it gives up by itself. */
  readonly aborts: number;
  readonly timeoutMs: number;
  readonly trouble: ConnectionTrouble;
  /** Numbers of transactions, unique in the play. */
  readonly newTransaction: () => number;
  /** By partition of the input: up to where commits have been answered. */
  readonly committed: Map<number, number>;
}
