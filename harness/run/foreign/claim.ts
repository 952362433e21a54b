import type { CheckResult } from '../../check/check.ts';
import { type ClaimedLevel, mustForbid, type PromiseSet } from '../../core/clauses.ts';
import type { CellFacts } from '../../core/facts.ts';

/** What a history from elsewhere is to be judged by. */
export interface ForeignClaim {
  /** `none` without promises: everything is counted, and nothing can be broken. */
  readonly level: ClaimedLevel;
  readonly promises: readonly PromiseSet[];
  readonly minimumAcknowledged: number;
  readonly minimumDelivered: number;
}

export function claimText({ level, promises }: ForeignClaim): string {
  const parts = level === 'none' ? promises : [level, ...promises];
  return parts.length === 0 ? 'none' : parts.join(',');
}

export function claimsAnything({ level, promises }: ForeignClaim): boolean {
  return level !== 'none' || promises.length > 0;
}

export function mustOf(claim: ForeignClaim, { sinks }: CellFacts): ReturnType<typeof mustForbid> {
  return mustForbid(claim.level, claim.promises, { effectsRecorded: sinks.length > 0 });
}

/**
 * Parts of the claim that nothing in the history could have broken, each of which would be kept without
 * having been put to the test.
 */
export function untestedParts(
  { level, promises }: ForeignClaim,
  results: readonly CheckResult[],
): readonly string[] {
  const tested = new Set(
    results
      .filter((result) => result.status === 'decided' && result.exposure > 0)
      .map(({ check }) => check),
  );
  const parts = [
    ...(level === 'none' ? [] : [{ name: level, must: mustForbid(level, []) }]),
    ...promises.map((promise) => ({ name: promise, must: mustForbid('none', [promise]) })),
  ];
  return parts
    .filter(({ must }) => !must.some((id) => tested.has(id)))
    .map(({ name }) => `nothing in the history puts ${name} to the test`);
}
