import { median } from '../core/statistics/median.ts';
import type { LimitRecord } from '../record/limit-schema.ts';
import type { SecondRow } from '../record/schema.ts';

/** How a cell fared with a quota of sends. */
export type QuotaUse = NonNullable<LimitRecord['quota']>;

/**
 * Seconds of load from which on there is a rate to speak of: a quota lets through what it has saved at first, so that the
 * middle of them must be later.
 */
const secondsLeast = 5;
/** By so much the rate may differ from the quota: seconds end in the middle of calls, and calls are not always full. */
const tolerance = 0.15;
/** With fewer throttled than one of so many the quota was felt, and the load itself was about as much as it takes. */
const throttledOneIn = 20;

/**
 * What was acknowledged in the middle one of the seconds in which there was load, but for the first and the last of them,
 * which are no whole ones; undefined where nothing was throttled, and where they are too few.
 * @param throttled sends that the quota refused, at whichever of their attempts
 */
export function quotaUseOf(
  rows: readonly Pick<SecondRow, 'second' | 'sent' | 'acknowledged'>[],
  messagesPerSecond: number,
  throttled: number,
): QuotaUse | undefined {
  const loaded = rows.filter(({ sent }) => sent > 0).map(({ second }) => second);
  const [first, last] = [Math.min(...loaded), Math.max(...loaded)];
  const between = rows.filter(({ second }) => second > first && second < last);
  if (throttled === 0 || between.length < secondsLeast) return undefined;
  const acknowledgedPerSecond = median(between.map(({ acknowledged }) => acknowledged));
  const sent = rows.reduce((sum, row) => sum + row.sent, 0);
  return { messagesPerSecond, acknowledgedPerSecond, throttled, sent };
}

/** Whether as much was taken as the quota lets through, or more. */
export function isUsedUp({
  messagesPerSecond,
  acknowledgedPerSecond,
}: Pick<QuotaUse, 'messagesPerSecond' | 'acknowledgedPerSecond'>): boolean {
  return acknowledgedPerSecond >= (1 - tolerance) * messagesPerSecond;
}

/** Whether it was the quota that held the rate down. */
export function isAtQuota(use: QuotaUse): boolean {
  const { messagesPerSecond, acknowledgedPerSecond, throttled, sent } = use;
  const isThere = Math.abs(acknowledgedPerSecond / messagesPerSecond - 1) <= tolerance;
  return isThere && throttled * throttledOneIn >= sent;
}
