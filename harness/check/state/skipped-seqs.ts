import { sentMask } from './lane-table.ts';

/** More gaps than that, and the history is so broken that nothing is said of it anyway. */
const maxGaps = 1_024;

interface Gap {
  readonly lane: number;
  /** The first seq that nobody was seen to send, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/**
 * Seqs between two sends of a lane whose own send the history does not tell. Such a history is irregular,
 * and nothing that was never seen to be sent may be called lost.
 */
export class SkippedSeqs {
  readonly #gaps: Gap[] = [];

  skip(lane: number, from: number, to: number): void {
    if (this.#gaps.length < maxGaps) this.#gaps.push({ lane, from, to });
  }

  word(lane: number, word: number): number {
    let skipped = 0;
    for (const gap of this.#gaps) {
      if (gap.lane === lane) skipped |= sentMask(gap.to, word) & ~sentMask(gap.from, word);
    }
    return skipped;
  }
}
