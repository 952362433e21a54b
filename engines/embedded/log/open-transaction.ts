import type { PartitionOffset, TransactionEnd } from './entries.ts';
import type { Partition } from './partition.ts';

/** Offsets of a group that are committed if the transaction is. */
export interface IncludedOffsets {
  readonly group: string;
  readonly topic: number;
  readonly offsets: readonly PartitionOffset[];
}

/**
 * One transaction from its first batch or offset on. Its batches refer to it for good, which is how a
 * reader knows, without a list of aborted ones, whether a batch counts.
 */
export class OpenTransaction {
  readonly #partitions = new Set<Partition>();
  readonly #markers: { readonly partition: Partition; readonly upTo: number }[] = [];
  readonly offsets: IncludedOffsets[] = [];
  /** Undefined until time has been told once since it began, or since the broker was restarted. */
  deadlineMs: number | undefined;
  #end: TransactionEnd | undefined;

  /** How it ended, which counts when the end is committed: until then no partition is stable beyond it. */
  get end(): TransactionEnd | undefined {
    return this.#end;
  }

  /** A batch of it was appended. */
  wroteTo(partition: Partition, baseOffset: number): void {
    this.#partitions.add(partition);
    partition.stable.hold(this, baseOffset);
  }

  includes(group: string): boolean {
    return this.offsets.some((included) => included.group === group);
  }

  /** The end is in the journal: every partition it wrote to gets its marker. */
  finish(end: TransactionEnd): void {
    this.#end = end;
    for (const partition of this.#partitions) {
      this.#markers.push({ partition, upTo: partition.appendMarker() });
    }
  }

  /** The end is committed. @returns the partitions of which readers may see more now */
  settle(): readonly Partition[] {
    for (const { partition, upTo } of this.#markers) {
      partition.commitTo(upTo);
      partition.stable.release(this);
    }
    return [...this.#partitions];
  }
}

/** What a checkpoint holds of transactions that were aborted: that their batches do not count. */
export const abortedBefore = new OpenTransaction();
abortedBefore.finish('abort');
