import type { StoredBatch } from '../journal/batch-store.ts';
import { ProducerTable } from './producers.ts';

export interface IndexedBatch {
  readonly baseOffset: number;
  readonly count: number;
  readonly stored: StoredBatch;
}

const rememberedProducers = 4096;

/** One ordered sequence of batches. `end` is what has been appended, `committed` what readers may see. */
export class Partition {
  readonly producers = new ProducerTable(rememberedProducers);
  readonly #batches: IndexedBatch[] = [];
  #end = 0;
  #committed = 0;

  get end(): number {
    return this.#end;
  }

  get committed(): number {
    return this.#committed;
  }

  append(batch: IndexedBatch): void {
    this.#batches.push(batch);
    this.#end = batch.baseOffset + batch.count;
  }

  commitTo(offset: number): void {
    this.#committed = Math.max(this.#committed, offset);
  }

  /**
   * Whole batches from the one that holds `offset`, until one of the limits is reached; at least one when
   * there is any, so that a batch larger than the limits still gets through.
   */
  read(offset: number, maxMessages: number, maxBytes: number): IndexedBatch[] {
    const found: IndexedBatch[] = [];
    let messages = 0;
    let bytes = 0;
    for (let at = this.#find(offset); ; at += 1) {
      const batch = this.#batches[at];
      if (batch === undefined || batch.baseOffset + batch.count > this.#committed) break;
      if (found.length > 0 && (messages >= maxMessages || bytes + batch.stored.length > maxBytes))
        break;
      found.push(batch);
      messages += batch.baseOffset + batch.count - Math.max(offset, batch.baseOffset);
      bytes += batch.stored.length;
    }
    return found;
  }

  /** Index of the first batch that ends after `offset`. */
  #find(offset: number): number {
    let low = 0;
    let high = this.#batches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const batch = this.#batches[middle];
      if (batch !== undefined && batch.baseOffset + batch.count <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
