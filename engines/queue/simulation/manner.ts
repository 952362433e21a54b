import {
  type DeadLetters,
  defaultMaxInFlight,
  type QueueAttributes,
  type Quota,
} from '../../embedded/protocol/queue-attributes.ts';
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
  /** Of a queue with message groups: how it recognises copies of sends, and for how long. */
  readonly deduplication: { readonly by: 'id' | 'content'; readonly windowMs: number };
  readonly quota: Quota;
  readonly maxInFlight: number;
  /** Of the choices of a queue that may be careless. */
  readonly seed: number;
}

/** A window that ends within a play. */
export const shortWindowMs = 150;
const longWindowMs = profiles.fifo.options.deduplication.windowMs;
const windowsMs = [shortWindowMs, longWindowMs, longWindowMs] as const;

/** @param habits what is drawn beyond the plan, so that it shifts nothing of it */
export function someManner(dice: Dice, habits: Dice): QueueManner {
  const manner = withoutWindows(dice, habits);
  const { profile, maxReceives, retentionMs } = manner;
  const deduplication = {
    by: habits.oneOf(['id', 'content'] as const),
    windowMs: habits.oneOf(windowsMs),
  };
  const mayKeepLess = profile === 'fifo' || (profile === 'lease' && maxReceives > 0);
  const keptMs = habits.between(60, 150);
  const keepsLess = mayKeepLess && habits.happens(0.4);
  return {
    ...manner,
    deduplication,
    retentionMs: keepsLess ? keptMs : retentionMs,
    ...someLimits(manner.profile, habits),
  };
}

/** Far tighter than in SQS, so that a few dozen messages come up against them. */
function someLimits(
  profile: QueueManner['profile'],
  habits: Dice,
): Pick<QueueManner, 'quota' | 'maxInFlight'> {
  const inFlight = habits.between(2, 5);
  const calls = { callsPerSecond: habits.between(30, 80), messagesPerCall: habits.between(1, 4) };
  const isLimited = profile !== 'delete-on-receive' && habits.happens(0.3);
  const hasQuota = profile === 'fifo' && habits.happens(0.25);
  return {
    quota: hasQuota ? { kind: 'calls', ...calls } : { kind: 'none' },
    maxInFlight: isLimited ? inFlight : defaultMaxInFlight,
  };
}

type Limits = 'deduplication' | 'quota' | 'maxInFlight';

function withoutWindows(dice: Dice, habits: Dice): Omit<QueueManner, Limits> {
  const name = dice.oneOf(names);
  const isLeased = name !== 'delete-on-receive';
  const maxReceives = isLeased ? dice.oneOf([0, 2, 4]) : 0;
  const seed = habits.between(1, 1_000_000);
  const plain = { profile: name, maxReceives, delayMs: 0, ownDelayMs: 0, retentionMs: 0, seed };
  const retentionMs = habits.between(60, 150);
  // Whoever forgets deletions has dead letters that were deleted.
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

/** Leases and nothing else. */
export const plainManner: QueueManner = {
  profile: 'lease',
  maxReceives: 0,
  delayMs: 0,
  ownDelayMs: 0,
  retentionMs: 0,
  deduplication: { by: 'id', windowMs: shortWindowMs },
  quota: { kind: 'none' },
  maxInFlight: defaultMaxInFlight,
  seed: 1,
};

/** For the title of a play. */
export function mannerInWords(manner: QueueManner): string {
  const { profile, maxReceives, delayMs, ownDelayMs, retentionMs, deduplication } = manner;
  const isFifo = profile === 'fifo';
  return [
    profile,
    ...(isFifo && deduplication.by === 'content' ? ['copies by content'] : []),
    ...(isFifo && deduplication.windowMs === shortWindowMs ? ['a short window'] : []),
    ...(maxReceives > 0 ? [`dead letters after ${maxReceives}`] : []),
    ...(delayMs > 0 ? ['all delayed'] : []),
    ...(ownDelayMs > 0 ? ['some delayed'] : []),
    ...(retentionMs > 0 ? ['retention'] : []),
    ...(manner.quota.kind === 'calls' ? ['a quota'] : []),
    ...(manner.maxInFlight < defaultMaxInFlight ? [`${manner.maxInFlight} in hands`] : []),
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
  const deduplication = profile === 'fifo' ? manner.deduplication : options.deduplication;
  const { quota, maxInFlight } = manner;
  const limits = { delayMs, retentionMs, deduplication, quota, maxInFlight };
  const attributes = attributesOf({ ...options, ...limits }, deadLetters);
  if (attributes.disorder.kind === 'none') return attributes;
  return { ...attributes, disorder: { ...attributes.disorder, ...careless, seed } };
}
