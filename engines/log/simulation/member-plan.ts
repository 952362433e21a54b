import type { ConnectionTrouble } from '../../simulation.ts';

export interface MemberPlan {
  readonly group: number;
  readonly topic: number;
  readonly settles: 'before-processing' | 'after-processing';
  readonly processMs: readonly [low: number, high: number];
  readonly fetch: number;
  readonly trouble: ConnectionTrouble;
  /** By partition: up to where the group's commits have been answered. */
  readonly committed: Map<number, number>;
}
