import type { Exclusion, RankingTable, RoundsOf } from '../../harness/record/ranking-schema.ts';
import { factor, significant, whole } from '../text/numbers.ts';

/** Why somebody has no rank, in the words of a reader. */
export const exclusionWords: Readonly<Record<Exclusion, string>> = {
  'claim-broken': 'claim broken',
  failed: 'could not be run',
  'not-decided': 'not decided',
  unsupported: 'unsupported',
  'driver-limited': 'driver-limited',
  invalid: 'invalid',
  'unlike-durability': 'unlike durability',
  'not-measured': 'not measured',
};

/** What a table is about: scenario, load and what its profiles claim to survive. */
export function aboutTable({
  scenario,
  survives,
  targetRatePerSecond,
}: Pick<RankingTable, 'scenario' | 'survives' | 'targetRatePerSecond'>): string {
  const durability =
    survives.length === 0
      ? 'no fault of the broker was claimed and run'
      : `claimed under ${survives.join(', ')}`;
  return `${scenario}, ${loadText(targetRatePerSecond)}; ${durability}`;
}

export function loadText(ratePerSecond: number): string {
  return ratePerSecond > 0 ? `${whole(ratePerSecond)} msg/s asked for` : 'closed loop';
}

/** 4/5: rounds that count, of those that ran. */
export function roundsText({ valid, run }: RoundsOf): string {
  return `${valid}/${run}`;
}

/** Who stands in a table without a rank and why, those with the same reason in one line. */
export function ranklessLines(rows: RankingTable['rows']): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { profile, rank, reason } of rows) {
    if (rank === null) byReason.set(reason, [...(byReason.get(reason) ?? []), profile]);
  }
  return [...byReason].map(([reason, profiles]) => {
    if (profiles.length === rows.length) return `no ranks: ${reason}`;
    return `${profiles.join(', ')} ${profiles.length === 1 ? 'has' : 'have'} no rank: ${reason}`;
  });
}

/** ×1.84 [1.71, 2.02]; without bounds where so few rounds give none. */
export function factorText(change: {
  readonly factor: number;
  readonly low: number | null;
  readonly high: number | null;
}): string {
  const { low, high } = change;
  const isBounded = low !== null && high !== null;
  return isBounded
    ? `${factor(change.factor)} [${significant(low)}, ${significant(high)}]`
    : factor(change.factor);
}
