interface EpochStart {
  readonly epoch: number;
  /** Index of the first entry that the leader of this epoch wrote. */
  readonly first: number;
}

export interface EpochEnd {
  readonly epoch: number;
  /** Index after its last entry. */
  readonly end: number;
}

/**
 * Which leader wrote which part of a log. Two logs that hold an entry of the same epoch at the same index are
 * the same up to there, so the ends of epochs are all that two replicas compare to find where they part
 * (KIP-101, "leader epoch rather than high watermark for truncation").
 */
export class EpochHistory {
  readonly #starts: EpochStart[] = [];

  /** Of the last entry; 0 when there is none. */
  get latest(): number {
    return this.#starts.at(-1)?.epoch ?? 0;
  }

  /** An entry is appended. Epochs never go back within a log, because a follower cuts off what would be before. */
  appended(epoch: number, index: number): void {
    if (epoch > this.latest) this.#starts.push({ epoch, first: index });
  }

  /** The last epoch up to `epoch` that this log knows, and where it ends; epoch 0 ends where the log begins. */
  endOf(epoch: number, logEnd: number): EpochEnd {
    let end = logEnd;
    for (const start of this.#starts.toReversed()) {
      if (start.epoch <= epoch) return { epoch: start.epoch, end };
      end = start.first;
    }
    return { epoch: 0, end: 0 };
  }

  /** The log ends before `index` now. */
  cutFrom(index: number): void {
    while ((this.#starts.at(-1)?.first ?? -1) >= index) this.#starts.pop();
  }
}
