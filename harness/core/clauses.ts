import { type CheckId, checkIds, familyOf } from './anomalies.ts';

/**
 * Delivery levels, the clauses they consist of, and the faults a claim may name. A clause is the promise
 * that one anomaly does not occur; its id is the anomaly's id.
 */
export const levels = ['at-most-once', 'at-least-once', 'exactly-once'] as const;
export type Level = (typeof levels)[number];

/** What a history from elsewhere may be judged at: without a level, its promises alone are claimed. */
export const claimedLevels = [...levels, 'none'] as const;
export type ClaimedLevel = (typeof claimedLevels)[number];

/** Clauses beyond a level that a profile may claim as a set. */
export const promises = [
  'idempotent-produce',
  'per-key-order',
  'per-partition-order',
  'real-time-order',
  'fifo-groups',
  'fifo-queue',
  'exclusive',
  'read-committed',
  'routing',
  'lease',
  'delivery-limit',
  'dead-letter',
  'outside-effects',
] as const;
export type PromiseSet = (typeof promises)[number];

/** What a claim survives; never a bare "durable". `none` = without any fault. */
export const faultDomains = [
  'none',
  'client-crash',
  'connection-loss',
  'process-crash',
  'node-loss',
  'power-loss',
] as const;
export type FaultDomain = (typeof faultDomains)[number];

/** Faults of the broker and its machine: what durability is about. */
export const durabilityDomains = [
  'process-crash',
  'node-loss',
  'power-loss',
] as const satisfies readonly FaultDomain[];

/** How much a claim obliges to: only a broken MUST is a violation; a broken SHOULD is shown as a warning. */
export const obligations = ['must', 'should', 'may'] as const;
export type Obligation = (typeof obligations)[number];

interface Clauses {
  readonly must: readonly CheckId[];
  readonly should: readonly CheckId[];
}

const liveness = ['L1', 'L2', 'L3', 'L4'] as const;
const ofEffects = ['E1', 'E2', 'E3'] as const;
const atLeastOnce = ['D1', 'D2', 'D3', 'D7', 'D9', 'D10', 'D11', 'G1', 'G2'] as const;

const ofLevel: Readonly<Record<ClaimedLevel, Clauses>> = {
  none: { must: [], should: [] },
  'at-most-once': {
    must: ['D4', 'D5', 'D6', 'D7', 'D8', 'D9'],
    should: ['G5', 'G7', 'R7', ...liveness],
  },
  'at-least-once': {
    must: atLeastOnce,
    should: ['D8', 'G3', 'G5', 'G6', 'G7', 'R5', 'R7', ...liveness],
  },
  'exactly-once': {
    must: [
      ...atLeastOnce,
      ...(['D4', 'D6', 'O5', 'T3', 'T4', 'T5', 'T8', 'G4'] as const),
      ...ofEffects,
    ],
    should: ['D8', 'G3', 'G5', 'G6', 'G7', 'R5', 'R7', 'T9', ...liveness],
  },
};

const ofPromise: Readonly<Record<PromiseSet, Clauses>> = {
  'idempotent-produce': { must: ['D4', 'O5'], should: [] },
  'per-key-order': { must: ['O2'], should: ['O10'] },
  'per-partition-order': { must: ['O1', 'O3', 'O4', 'O5', 'O7'], should: ['O10'] },
  'real-time-order': { must: ['O6'], should: ['V6'] },
  'fifo-groups': { must: ['O2', 'O8', 'O11'], should: ['Q5'] },
  'fifo-queue': { must: ['O12'], should: [] },
  exclusive: { must: ['O9'], should: ['G4', 'G5'] },
  'read-committed': { must: ['T1', 'T2', 'T3', 'T6', 'T7'], should: ['T9'] },
  routing: { must: ['R1', 'R2', 'R3', 'R4', 'R6'], should: ['R5', 'R7'] },
  lease: { must: ['V1', 'V2', 'V3', 'V5', 'V8'], should: ['V4', 'V7'] },
  'delivery-limit': { must: ['Q3'], should: ['Q6'] },
  'dead-letter': { must: ['Q1', 'Q2', 'Q3', 'Q7'], should: ['Q4', 'Q6'] },
  'outside-effects': { must: ofEffects, should: [] },
};

/**
 * At `exactly-once` a second delivery is allowed where its effect happens once. Where no effects are
 * recorded, the delivery is the only effect there is, and one without any cause (D5) must not happen. Effects outside
 * the system are no part of any level: no system reaches them, and who promises them does so by `outside-effects`.
 */
export interface ClaimContext {
  readonly effects: 'unrecorded' | 'in-the-system' | 'outside';
}

/** A set of clauses that is claimed under one name. */
export type ClaimSet = Level | PromiseSet;
export const claimSets: readonly ClaimSet[] = [...levels, ...promises];

/** A clause that a claim obliges to, and the claimed sets that oblige to it so far, the level first. */
export interface ObligedClause {
  readonly check: CheckId;
  readonly obligation: 'must' | 'should';
  readonly sets: readonly ClaimSet[];
}

/** The clauses that a claim obliges to, in the order of the vocabulary. */
export function obligedBy(
  level: ClaimedLevel,
  also: readonly PromiseSet[],
  context: ClaimContext,
): readonly ObligedClause[] {
  const claimed = claimSets
    .filter((name) => name === level || also.some((promise) => promise === name))
    .map((name) => ({ name, clauses: clausesOf(name, context) }));
  return checkIds.flatMap((check): ObligedClause[] => {
    for (const obligation of ['must', 'should'] as const) {
      const sets = claimed.filter(({ clauses }) => clauses[obligation].includes(check));
      if (sets.length > 0) return [{ check, obligation, sets: sets.map(({ name }) => name) }];
    }
    return [];
  });
}

function clausesOf(name: ClaimSet, { effects }: ClaimContext): Clauses {
  const promise = promises.find((known) => known === name);
  if (promise !== undefined) return ofPromise[promise];
  const clauses = ofLevel[levels.find((known) => known === name) ?? 'none'];
  if (name !== 'exactly-once' || effects === 'in-the-system') return clauses;
  if (effects === 'unrecorded') return { ...clauses, must: [...clauses.must, 'D5'] };
  return { ...clauses, must: clauses.must.filter((id) => familyOf(id) !== 'effects') };
}

/** Stable, and told in reports and issues: `at-least-once/D1`; of a clause that no set has, the bare id. */
export function clauseIdOf(check: CheckId, sets: readonly ClaimSet[]): string {
  const [first] = sets;
  return first === undefined ? check : `${first}/${check}`;
}

/** What a claim obliges to for each clause. */
export function obligationsOf(
  level: ClaimedLevel,
  also: readonly PromiseSet[],
  context: ClaimContext,
): (id: CheckId) => Obligation {
  const obliged = new Map(
    obligedBy(level, also, context).map(({ check, obligation }) => [check, obligation]),
  );
  return (id) => obliged.get(id) ?? 'may';
}

/** The clauses that a claim obliges to, in the order of the vocabulary. */
export function mustForbid(
  level: ClaimedLevel,
  also: readonly PromiseSet[],
  context: ClaimContext = { effects: 'unrecorded' },
): readonly CheckId[] {
  const obligation = obligationsOf(level, also, context);
  return checkIds.filter((id) => obligation(id) === 'must');
}

/** Orders what profiles promise, for comparisons within one engine: by level, then by what comes on top. */
export function strengthOf(claim: {
  readonly level: ClaimedLevel;
  readonly promises: readonly PromiseSet[];
}): number {
  const level = claim.level === 'none' ? -1 : levels.indexOf(claim.level);
  return level * (promises.length + 1) + claim.promises.length;
}

/** Worst last; of several facts about a cell the worst decides. */
export const verdicts = ['pass', 'inconclusive', 'error', 'violated'] as const;
export type Verdict = (typeof verdicts)[number];
