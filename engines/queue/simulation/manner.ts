import type { DeadLetters, QueueAttributes } from '../../embedded/protocol/queue-attributes.ts';
import type { Dice } from '../../embedded/simulation/dice.ts';
import { attributesOf } from '../attributes.ts';
import { profiles } from '../profiles.ts';

const names = [
  'delete-on-receive',
  'lease',
  'fifo',
] as const satisfies readonly (keyof typeof profiles)[];

export const delayMsMost = 60;

/** Far more often than in the profile, so that a few dozen messages see it. */
const careless = { latePermille: 100, passedByMost: 8, undeletedPermille: 50 };

/** What the queue of a play is like. */
export interface QueueManner {
  readonly profile: (typeof names)[number] | 'standard';
  /** 0: there are no dead letters. */
  readonly maxReceives: number;
  /** Of every message; 0: none. */
  readonly delayMs: number;
  /** The longest delay of a single message; 0: none has any. */
  readonly ownDelayMs: number;
  /** 0: a message is kept until it is deleted. */
  readonly retentionMs: number;
  /** Of the choices of a queue that may be careless. */
  readonly seed: number;
}

/** @param habits what is drawn beyond the plan, so that it shifts nothing of it */
export function someManner(dice: Dice, habits: Dice): QueueManner {
  const name = dice.oneOf(names);
  const isLeased = name !== 'delete-on-receive';
  const maxReceives = isLeased ? dice.oneOf([0, 2, 4]) : 0;
  const seed = habits.between(1, 1_000_000);
  const plain = { profile: name, maxReceives, delayMs: 0, ownDelayMs: 0, retentionMs: 0, seed };
  const retentionMs = habits.between(60, 150);
  // Whoever forgets deletions has dead letters that were deleted; what retention takes out of somebody's
  // hands frees its message group, which no client is told.
  if (name === 'lease' && maxReceives === 0) {
    const kind = habits.oneOf(['careless', 'careless', 'retention', 'retention', 'plain'] as const);
    if (kind === 'careless') return { ...plain, profile: 'standard' };
    if (kind === 'retention') return { ...plain, retentionMs };
  }
  const delayMs = habits.between(10, delayMsMost);
  if (!habits.happens(0.3)) return plain;
  const isOwn = name !== 'fifo' && habits.happens(0.5);
  return isOwn ? { ...plain, ownDelayMs: delayMs } : { ...plain, delayMs };
}

/** For the title of a play. */
export function mannerInWords(manner: QueueManner): string {
  const { profile, maxReceives, delayMs, ownDelayMs, retentionMs } = manner;
  return [
    profile,
    ...(maxReceives > 0 ? [`dead letters after ${maxReceives}`] : []),
    ...(delayMs > 0 ? ['all delayed'] : []),
    ...(ownDelayMs > 0 ? ['some delayed'] : []),
    ...(retentionMs > 0 ? ['retention'] : []),
  ].join(', ');
}

/** @param deadLetterQueue its id, where there are dead letters */
export function attributesIn(
  manner: QueueManner,
  deadLetterQueue: number | undefined,
): QueueAttributes {
  const { profile, maxReceives, delayMs, retentionMs, seed } = manner;
  const { options } = profiles[profile];
  const deadLetters: DeadLetters =
    maxReceives > 0 && deadLetterQueue !== undefined
      ? { kind: 'queue', queue: deadLetterQueue, maxReceives }
      : { kind: 'none' };
  const attributes = attributesOf({ ...options, delayMs, retentionMs }, deadLetters);
  if (attributes.disorder.kind === 'none') return attributes;
  return { ...attributes, disorder: { ...attributes.disorder, ...careless, seed } };
}
