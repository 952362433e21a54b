import type { SecondRow } from '../record/schema.ts';

/** To whom the messages of a cell go. */
export interface Audience {
  /** Subscriptions that each get every message. */
  readonly copies: number;
  /** Every actor told what it did; a crashed one took its counts with it. */
  readonly isWhole: boolean;
}

/** What a bounded series cut off took its counts with it, too. */
export function audienceOf(
  series: readonly { readonly total: number; readonly seconds: readonly unknown[] }[],
  audience: Audience,
): Audience {
  const isCut = series.some(({ total, seconds }) => total > seconds.length);
  return isCut ? { ...audience, isWhole: false } : audience;
}

/** What a second of a producer or of a consumer adds to the sums. */
export interface Flow {
  readonly sent: number;
  readonly resent: number;
  readonly acknowledged: number;
  readonly failed: number;
  readonly unknown: number;
  readonly firstDelivered: number;
}

/**
 * What was on its way at the end of each second, from sums over all seconds before, so that an actor that did
 * nothing for a second counts with what it has open.
 */
export class Standing {
  readonly #audience: Audience;
  #open = 0;
  #awaited = 0;

  constructor(audience: Audience) {
    this.#audience = audience;
  }

  /** Takes the next second; in flight are sends without an outcome, in the backlog what nobody was given yet. */
  after(
    publish: readonly Flow[],
    endToEnd: readonly Flow[],
  ): Pick<SecondRow, 'inFlight' | 'backlog'> {
    for (const { sent, resent, acknowledged, failed, unknown } of publish) {
      this.#open += sent + resent - acknowledged - failed - unknown;
      this.#awaited += (sent - failed) * this.#audience.copies;
    }
    for (const { firstDelivered } of endToEnd) this.#awaited -= firstDelivered;
    if (!this.#audience.isWhole) return { inFlight: null, backlog: null };
    return { inFlight: Math.max(0, this.#open), backlog: Math.max(0, this.#awaited) };
  }
}
