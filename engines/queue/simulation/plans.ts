import type { Dice } from '../../embedded/simulation/dice.ts';
import type { ConnectionTrouble, SimulatedWorld } from '../../simulation.ts';
import type { ConsumerPlan } from './consumer.ts';
import { Group } from './facts.ts';
import type { Ledger } from './ledger.ts';
import { type QueueManner, shortWindowMs } from './manner.ts';
import { type ProducerPlan, type SendIdentity, unrouted } from './producer.ts';

/** Of every leased receive. */
export const leaseMs = 60;
/** Of a hundred messages. */
const poison = 4;

/** What all clients of a play have in common. */
export interface ClientTerms {
  readonly manner: QueueManner;
  readonly ledger: Ledger;
  readonly trouble: ConnectionTrouble;
  /** What of a lease is certain by the world's clock. */
  readonly certainMs: number;
  /** The most that a clock runs slow or fast, as a share. */
  readonly drift: number;
}

export function producerPlan(
  terms: ClientTerms,
  queue: number,
  world: SimulatedWorld,
  dice: Dice,
): ProducerPlan {
  const { manner, ledger, trouble } = terms;
  return {
    queue,
    lanes: Array.from({ length: dice.between(1, 4) }, () => unrouted),
    perLane: world.laneLength(dice.between(10, 25)),
    pauseMs: [0.2, dice.between(1, 8)],
    identity: identityOf(manner, terms.drift, dice),
    retries: isLeased(manner),
    retryAfterMs: retryAfterMs(manner, dice),
    repeated: hasLongWindow(manner) ? dice.oneOf([0, 10]) : 0,
    ownDelayMs: manner.ownDelayMs,
    delayMs: manner.delayMs,
    ledger,
    trouble,
  };
}

export function consumerPlan(terms: ClientTerms, queue: number, dice: Dice): ConsumerPlan {
  const { manner, ledger, trouble } = terms;
  const leased = isLeased(manner);
  return {
    queue,
    group: Group.main,
    reads: 'the queue',
    leaseMs: leased ? leaseMs : 0,
    certainMs: leased ? terms.certainMs : 0,
    most: dice.between(1, 6),
    processMs: [0.05, dice.oneOf([0.2, 1, 3])],
    slow: dice.oneOf([0, 0, 5]),
    extended: dice.oneOf([0, 50]),
    requeued: leased ? dice.oneOf([0, 0, 10]) : 0,
    rejected: manner.maxReceives > 0 ? dice.oneOf([0, 0, 5]) : 0,
    // Without dead letters it would go round for ever.
    poison: manner.maxReceives > 0 ? poison : 0,
    ledger,
    trouble,
  };
}

export function deadLetterReaderPlan(
  { ledger, trouble, certainMs }: ClientTerms,
  queue: number,
): ConsumerPlan {
  return {
    queue,
    group: Group.deadLetters,
    reads: 'dead letters',
    leaseMs,
    certainMs,
    most: 3,
    processMs: [0.05, 0.2],
    slow: 0,
    extended: 0,
    requeued: 0,
    rejected: 0,
    poison: 0,
    ledger,
    trouble,
  };
}

export function isLeased({ profile }: QueueManner): boolean {
  return profile !== 'delete-on-receive';
}

function identityOf(
  { profile, deduplication }: QueueManner,
  drift: number,
  dice: Dice,
): SendIdentity {
  const anewAfter = dice.between(4, 12);
  if (profile !== 'fifo') return { kind: 'none' };
  const { by, windowMs } = deduplication;
  // Whatever a clock is off by, and a message on its way: the window is still open.
  const again = { kind: 'message-groups', copiesBy: by, againMs: windowMs / 2 } as const;
  // By content a message that is sent anew would be the same message.
  if (by === 'content' || windowMs !== shortWindowMs) return again;
  return { ...again, anew: { restsBefore: anewAfter, afterMs: windowMs / (1 - drift) + 5 } };
}

/** Long enough now and then for a checkpoint and a restart in between, where the window lasts. */
function retryAfterMs(manner: QueueManner, dice: Dice): number {
  const ms = dice.oneOf([20, 100, 300]);
  return hasLongWindow(manner) ? ms : 20;
}

/** Copies are recognised as long as the play lasts, and nobody counts calls. */
function hasLongWindow({ profile, deduplication, quota }: QueueManner): boolean {
  return profile === 'fifo' && deduplication.windowMs !== shortWindowMs && quota.kind === 'none';
}
