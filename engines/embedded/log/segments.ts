import type { Deletion } from './topic-policy.ts';

/** A run of batches of one partition, which retention removes as a whole. */
export interface Segment {
  readonly baseOffset: number;
  bytes: number;
  /** Of its newest batch. */
  lastMs: number;
}

/**
 * Where one partition’s segments begin and what they hold; the last of them is open. They follow from the
 * batches alone, so that a restarted broker has the same ones.
 */
export class Segments {
  readonly #segmentBytes: number;
  #segments: Segment[] = [];

  constructor(segmentBytes: number) {
    this.#segmentBytes = segmentBytes;
  }

  /** Oldest first. */
  get all(): readonly Segment[] {
    return this.#segments;
  }

  /** Where the open one begins, below which everything is closed. */
  get openFrom(): number {
    return this.#segments.at(-1)?.baseOffset ?? 0;
  }

  append(baseOffset: number, bytes: number, timestampMs: number): void {
    const open = this.#segments.at(-1);
    if (open === undefined || open.bytes + bytes > this.#segmentBytes) {
      this.#segments.push({ baseOffset, bytes, lastMs: timestampMs });
      return;
    }
    open.bytes += bytes;
    open.lastMs = timestampMs;
  }

  /** Those that end at this offset or before are gone. */
  removeBelow(offset: number): void {
    this.#segments = this.#segments.filter((_, at) => {
      const next = this.#segments[at + 1];
      return next === undefined || next.baseOffset > offset;
    });
  }

  /**
   * The offset below which the policy lets everything go; undefined when nothing has to.
   *
   * @param limit what is not committed, or not decided, stays in any case
   */
  expiredBelow(cleanup: Deletion, limit: number, nowMs: number): number | undefined {
    let left = this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
    let below: number | undefined;
    for (const [at, { bytes, lastMs }] of this.#segments.entries()) {
      const next = this.#segments[at + 1];
      if (next === undefined || next.baseOffset > limit) break;
      left -= bytes;
      const isOld = cleanup.ms !== undefined && lastMs + cleanup.ms <= nowMs;
      const isTooMuch = cleanup.bytes !== undefined && left >= cleanup.bytes;
      if (!isOld && !isTooMuch) break;
      below = next.baseOffset;
    }
    return below;
  }
}
