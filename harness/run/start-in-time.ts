import type { LaterCopy } from './later-reader.ts';
import type { SameInstant } from './two-clocks.ts';

/**
 * What a broker that stamps messages may be apart from the clock here, the whole milliseconds of stamps and of the
 * instant included.
 */
const apartNs = 100e6;

/** An instant as the harness and as brokers tell it. */
export interface Instant {
  readonly atNs: number;
  readonly timeMs: number;
  readonly uncertainNs: number;
}

/** The one at which the middle one of the copies was sent. */
export function middleInstant(
  copies: readonly Pick<LaterCopy, 'sentNs'>[],
  { monotonicNs, wallMs, uncertainNs }: SameInstant,
): Instant {
  const sent = copies.map(({ sentNs }) => sentNs).toSorted((one, other) => one - other);
  const atNs = sent[sent.length >> 1] ?? 0;
  return { atNs, timeMs: Math.round(wallMs - (monotonicNs - atNs) / 1e6), uncertainNs };
}

/**
 * A broker searches by when it stored a message, which nobody here saw: after it was sent and before it was
 * acknowledged. Whoever reads from an instant certainly reads what was sent after it, and certainly does not read
 * what was acknowledged before it.
 *
 * @param acknowledgedNs undefined: nobody knows that it was
 */
export function sideOf(
  { sentNs }: Pick<LaterCopy, 'sentNs'>,
  acknowledgedNs: number | undefined,
  { atNs, uncertainNs }: Instant,
): 'in' | 'out' | 'either' {
  const aroundNs = apartNs + uncertainNs;
  if (sentNs > atNs + aroundNs) return 'in';
  return acknowledgedNs !== undefined && acknowledgedNs < atNs - aroundNs ? 'out' : 'either';
}
