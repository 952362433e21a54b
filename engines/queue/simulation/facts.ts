import {
  type CellFacts,
  defaultBounds,
  type GroupFacts,
  plainFacts,
  plainGroup,
} from '../../../harness/core/facts.ts';
import type { Consumption } from '../../engine.ts';

/** The consumers' group and queue, and those of the dead letters. */
export const Group = { main: 0, deadLetters: 1 } as const;

export interface PlayedQueue {
  readonly consumption: Consumption;
  readonly isLeased: boolean;
  readonly isFifo: boolean;
  /** 0: there are no dead letters. */
  readonly maxReceives: number;
  readonly times: PlayedTimes;
}

export interface PlayedTimes {
  /** They are delayed, or not kept for ever. */
  readonly areMessagesTimed: boolean;
  /** What the broker's clock may be off by within a lease, a delay or the time for which messages are kept. */
  readonly skewMs: number;
  /** How much longer a message may be there. */
  readonly expiryGraceMs: number;
}

/** What a play of the queue tells the checks. */
export function factsOf(played: PlayedQueue): CellFacts {
  const { consumption, isLeased, isFifo, maxReceives, times } = played;
  const { areMessagesTimed, skewMs, expiryGraceMs } = times;
  const main: GroupFacts = {
    role: 'subscription',
    reset: 'unknown',
    attempts: maxReceives,
    deadLetter: maxReceives > 0 ? Group.deadLetters : -1,
    requeueTo: isFifo ? 'original' : 'any',
    filtered: false,
  };
  const deadLetters: GroupFacts = { role: 'dead-letter', of: Group.main };
  const groups = maxReceives > 0 ? [main, deadLetters] : isFifo ? [main] : [plainGroup];
  return {
    ...plainFacts,
    groups,
    consumption,
    placed: true,
    leased: isLeased,
    messageGroups: isFifo,
    timed: areMessagesTimed,
    bounds: {
      ...defaultBounds,
      skewMs,
      expiryGraceMs,
      leaseSlackMs: 5_000,
      stallMs: 2_000,
      recoveryMs: 2_000,
    },
  };
}
