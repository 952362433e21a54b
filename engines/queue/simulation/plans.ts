import type { Dice } from '../../embedded/simulation/dice.ts';
import type { ConnectionTrouble, SimulatedWorld } from '../../simulation.ts';
import type { ConsumerPlan } from './consumer.ts';
import { Group } from './facts.ts';
import type { Ledger } from './ledger.ts';
import type { QueueManner } from './manner.ts';
import type { ProducerPlan, SendIdentity } from './producer.ts';

/** Of a hundred messages. */
const poison = 4;

/** What all clients of a play have in common. */
export interface ClientTerms {
  readonly manner: QueueManner;
  readonly ledger: Ledger;
  readonly trouble: ConnectionTrouble;
  /** Of every leased receive. */
  readonly leaseMs: number;
  /** What of it is certain by the world's clock. */
  readonly certainMs: number;
}

export function producerPlan(
  { manner, ledger, trouble }: ClientTerms,
  queue: number,
  world: SimulatedWorld,
  dice: Dice,
): ProducerPlan {
  return {
    queue,
    lanes: dice.between(1, 4),
    perLane: world.laneLength(dice.between(10, 25)),
    pauseMs: [0.2, dice.between(1, 8)],
    identity: identityOf(manner),
    retries: isLeased(manner),
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
    leaseMs: leased ? terms.leaseMs : 0,
    certainMs: leased ? terms.certainMs : 0,
    most: dice.between(1, 6),
    processMs: [0.05, dice.oneOf([0.2, 1, 3])],
    slow: dice.oneOf([0, 0, 5]),
    requeued: leased ? dice.oneOf([0, 0, 10]) : 0,
    // Without dead letters it would go round for ever.
    poison: manner.maxReceives > 0 ? poison : 0,
    ledger,
    trouble,
  };
}

export function deadLetterReaderPlan(
  { ledger, trouble, leaseMs, certainMs }: ClientTerms,
  queue: number,
): ConsumerPlan {
  return {
    queue,
    group: Group.deadLetters,
    leaseMs,
    certainMs,
    most: 3,
    processMs: [0.05, 0.2],
    slow: 0,
    requeued: 0,
    poison: 0,
    ledger,
    trouble,
  };
}

export function isLeased({ profile }: QueueManner): boolean {
  return profile !== 'delete-on-receive';
}

function identityOf({ profile, deduplication }: QueueManner): SendIdentity {
  if (profile !== 'fifo') return { kind: 'none' };
  const { by, windowMs } = deduplication;
  // Whatever a clock is off by, and a message on its way: the window is still open.
  return { kind: 'message-groups', copiesBy: by, againMs: windowMs / 2 };
}
