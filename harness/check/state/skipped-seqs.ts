import { sentMask } from './lane-table.ts';

/** More gaps than that, and the history is so broken that nothing is said of it anyway. */
const maxGaps = 1_024;

interface Gap {
  /** The first seq that nobody was seen to send, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/**
 * Seqs between two sends of a lane whose own send the history does not tell. Such a history is irregular,
 * and nothing that was never seen to be sent may be called lost.
 */
export class SkippedSeqs {
  readonly #ofLane = new Map<number, Gap[]>();
  #gaps = 0;

  skip(lane: number, from: number, to: number): void {
    if (this.#gaps >= maxGaps) return;
    this.#gaps += 1;
    const gaps = this.#ofLane.get(lane);
    if (gaps === undefined) this.#ofLane.set(lane, [{ from, to }]);
    else gaps.push({ from, to });
  }

  word(lane: number, word: number): number {
    let skipped = 0;
    for (const { from, to } of this.#ofLane.get(lane) ?? []) {
      skipped |= sentMask(to, word) & ~sentMask(from, word);
    }
    return skipped;
  }
}
