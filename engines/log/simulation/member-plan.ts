import type { RebalanceProtocol } from '../../embedded/log/rebalance.ts';
import type { ConnectionTrouble } from '../../simulation.ts';
import type { OlderMessages } from './older-messages.ts';

export interface MemberPlan {
  readonly group: number;
  readonly topic: number;
  readonly protocol: RebalanceProtocol;
  /** Undefined for a dynamic member. */
  readonly instance: string | undefined;
  readonly sessionTimeoutMs: number;
  readonly settles: 'before-processing' | 'after-processing';
  readonly processMs: readonly [low: number, high: number];
  readonly fetch: number;
  /** Messages that are worked on at a time. */
  readonly bulk: number;
  readonly older: OlderMessages;
  readonly trouble: ConnectionTrouble;
  /** By partition: up to where the group's commits have been answered. */
  readonly committed: Map<number, number>;
}
