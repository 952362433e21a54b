/**
 * Delivery levels, the clauses they consist of, and the faults a claim may name. A clause is the promise
 * that one anomaly does not occur; its id is the anomaly's id.
 */
export const levels = ['at-most-once', 'at-least-once', 'exactly-once'] as const;
export type Level = (typeof levels)[number];

/** Clauses beyond a level that a profile may claim as a set. */
export const promises = ['idempotent-produce', 'per-lane-order'] as const;
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

/** Every anomaly this version decides. */
export const checkIds = ['D1', 'D4', 'D5', 'D6', 'D7', 'D8', 'D9', 'D10', 'D12', 'O2'] as const;
export type CheckId = (typeof checkIds)[number];

export const clauseTitle: Readonly<Record<CheckId, string>> = {
  D1: 'acknowledged message lost',
  D4: 'one send stored twice',
  D5: 'unjustified second delivery',
  D6: 'delivered again after its acknowledgement',
  D7: 'phantom: a message nobody sent',
  D8: 'ghost: a refused send was delivered',
  D9: 'corrupted message',
  D10: 'lost with its consumer',
  D12: 'unsettled send lost',
  O2: 'reordered within a lane',
};

/**
 * At `exactly-once` a second delivery is allowed where something justifies it and its effect happens once.
 * Effects are not recorded yet, so that one without any cause (D5) is what such a claim must not show.
 */
const mustOfLevel: Readonly<Record<Level, readonly CheckId[]>> = {
  'at-most-once': ['D4', 'D5', 'D6', 'D7', 'D8', 'D9'],
  'at-least-once': ['D1', 'D7', 'D9', 'D10'],
  'exactly-once': ['D1', 'D4', 'D5', 'D6', 'D7', 'D9', 'D10'],
};

const mustOfPromise: Readonly<Record<PromiseSet, readonly CheckId[]>> = {
  'idempotent-produce': ['D4'],
  'per-lane-order': ['O2'],
};

/** The clauses that a claim obliges to, in the order of the vocabulary. */
export function mustForbid(level: Level, also: readonly PromiseSet[]): readonly CheckId[] {
  const must = new Set([
    ...mustOfLevel[level],
    ...also.flatMap((promise) => mustOfPromise[promise]),
  ]);
  return checkIds.filter((id) => must.has(id));
}

/** Orders what profiles promise, for comparisons within one engine: by level, then by what comes on top. */
export function strengthOf(claim: {
  readonly level: Level;
  readonly promises: readonly PromiseSet[];
}): number {
  return levels.indexOf(claim.level) * (promises.length + 1) + claim.promises.length;
}

/** Worst last; of several facts about a cell the worst decides. */
export const verdicts = ['pass', 'inconclusive', 'error', 'violated'] as const;
export type Verdict = (typeof verdicts)[number];
