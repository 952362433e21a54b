import type { Family } from '../../engines/engine.ts';
import type { Profile } from '../../engines/profile.ts';
import type { Capability, Traits } from '../../engines/traits.ts';
import type { CheckId } from '../../harness/core/anomalies.ts';
import type { FaultDomain, Level, PromiseSet } from '../../harness/core/clauses.ts';

/** What a profile declares and claims, whatever became of it in a run. */
export interface Offer {
  /** As `--engine` takes it. */
  readonly name: string;
  readonly family: Family;
  readonly profile: Pick<Profile<unknown>, 'level' | 'promises' | 'claimedUnder' | 'transform'>;
  readonly traits: Traits;
}

/** What a run must have shown of a profile before a need counts as met by it. */
export interface Shown {
  /** All of these kept, each in at least one cell that passed, and broken in none; every round of such a cell passed. */
  readonly checks: readonly CheckId[];
  /** In cells with this fault alone. */
  readonly under?: FaultDomain;
  /** In cells of these scenarios alone: elsewhere the same clauses say nothing about it. */
  readonly scenarios?: readonly string[];
}

export interface Need {
  readonly text: string;
  readonly isOffered: (offer: Offer) => boolean;
  /** `declared`: no clause is about it; that engines can do what they declare is what their contract tests show. */
  readonly shownBy: Shown | 'declared';
}

const ofLevels = (levels: readonly Level[]) => (offer: Offer) =>
  levels.includes(offer.profile.level);
const promising =
  (...any: readonly PromiseSet[]) =>
  (offer: Offer) =>
    any.some((promise) => offer.profile.promises.includes(promise));
const survivingWith = (domain: FaultDomain) => (offer: Offer) =>
  offer.profile.level !== 'at-most-once' && offer.profile.claimedUnder.includes(domain);
const able = (offer: Offer, ...all: readonly Capability[]) =>
  all.every((capability) => offer.traits.capabilities.has(capability));

/** What people ask of a system that hands on messages, in the words of `ackmark choose --needs`. */
export const needs = {
  replay: {
    text: 'who comes later, or comes again, reads from the beginning',
    isOffered: (offer) => able(offer, 'replay'),
    shownBy: 'declared',
  },
  'start-at-time': {
    text: 'reading begins at a time',
    isOffered: (offer) => able(offer, 'replay', 'start-at-time'),
    shownBy: 'declared',
  },
  'per-key-order': {
    text: 'messages of one key or message group arrive in their order',
    isOffered: promising('per-key-order', 'fifo-groups'),
    shownBy: { checks: ['O2'] },
  },
  routing: {
    text: 'rules decide which queues a message reaches',
    isOffered: promising('routing'),
    shownBy: { checks: ['R1', 'R2'] },
  },
  returns: {
    text: 'the producer learns that its message reached nobody',
    isOffered: (offer) => able(offer, 'returns'),
    shownBy: { checks: ['R4'] },
  },
  'per-message-retry': {
    text: 'one message is given back, or comes back by itself, without those behind it',
    isOffered: ({ traits: { acknowledge, capabilities } }) =>
      acknowledge === 'individual' && (capabilities.has('lease') || capabilities.has('requeue')),
    shownBy: { checks: ['D10'], scenarios: ['consumer-crash', 'consumer-churn'] },
  },
  'dead-letters': {
    text: 'what nobody can process is put aside and kept',
    isOffered: promising('dead-letter'),
    shownBy: { checks: ['Q1', 'Q3'] },
  },
  delay: {
    text: 'a message becomes visible later',
    isOffered: (offer) => able(offer, 'delay'),
    shownBy: 'declared',
  },
  deduplication: {
    text: 'a send that is repeated is stored once',
    isOffered: (offer) =>
      offer.profile.level === 'exactly-once' || promising('idempotent-produce')(offer),
    shownBy: { checks: ['D4'], scenarios: ['lost-response', 'transform-lost-response'] },
  },
  transactions: {
    text: 'outputs and the progress of the input are committed as one',
    isOffered: (offer) =>
      able(offer, 'transactions') && offer.profile.transform === 'in-transaction',
    shownBy: { checks: ['E2', 'T4'], scenarios: ['transform', 'transform-lost-response'] },
  },
  'no-loss': {
    text: 'nothing acknowledged is lost while nothing fails',
    isOffered: ofLevels(['at-least-once', 'exactly-once']),
    shownBy: { checks: ['D1'], under: 'none' },
  },
  'client-crash': {
    text: 'nothing acknowledged is lost when a client dies',
    isOffered: survivingWith('client-crash'),
    shownBy: { checks: ['D1'], under: 'client-crash' },
  },
  'process-crash': {
    text: 'nothing acknowledged is lost when the broker’s process dies',
    isOffered: survivingWith('process-crash'),
    shownBy: { checks: ['D1'], under: 'process-crash' },
  },
  'node-loss': {
    text: 'nothing acknowledged is lost when a node dies for good',
    isOffered: survivingWith('node-loss'),
    shownBy: { checks: ['D1'], under: 'node-loss' },
  },
  'power-loss': {
    text: 'nothing acknowledged is lost when all lose their power',
    isOffered: survivingWith('power-loss'),
    shownBy: { checks: ['D1'], under: 'power-loss' },
  },
} as const satisfies Readonly<Record<string, Need>>;

export type NeedId = keyof typeof needs;
export const needIds = Object.keys(needs) as readonly NeedId[];
