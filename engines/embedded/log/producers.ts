import type { ProducerStamp } from './entries.ts';

/** Of a batch whose copies nobody recognises although its producer has an id. */
export const noSequence = 0xffff_ffff;

/** Whether copies of what is stamped so can be recognised. */
export function isCounted({ producer, sequence }: ProducerStamp): boolean {
  return producer !== 0 && sequence !== noSequence;
}

/** A batch that this partition holds, remembered so that a copy of it is recognised. */
export interface RememberedBatch {
  readonly sequence: number;
  readonly count: number;
  readonly baseOffset: number;
  /** Its journal entry: a copy is answered only when the original is committed. */
  readonly entry: number;
}

export type Admission =
  | { readonly kind: 'new' }
  | { readonly kind: 'copy'; readonly of: RememberedBatch }
  /** Certainly stored before, but its place is forgotten. */
  | { readonly kind: 'old-copy' }
  | { readonly kind: 'out-of-order'; readonly expected: number }
  | { readonly kind: 'fenced' };

/** As many batches as a producer may have in flight to one partition. */
export const rememberedBatches = 5;

interface ProducerState {
  epoch: number;
  nextSequence: number;
  recent: RememberedBatch[];
}

/** What a checkpoint holds of a producer. */
export interface KeptProducer {
  readonly producer: number;
  readonly epoch: number;
  readonly nextSequence: number;
  readonly recent: readonly RememberedBatch[];
}

/**
 * One partition's memory of its idempotent producers: what makes a repeated batch harmless. It is rebuilt
 * from the batches in the journal, so it knows exactly what the partition knows. Bounded: the producer
 * that was silent longest is forgotten, and its next batch, unless it begins at 0, is out of order.
 */
export class ProducerTable {
  readonly #producers = new Map<number, ProducerState>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  admit(stamp: ProducerStamp, count: number): Admission {
    const known = this.#producers.get(stamp.producer);
    if (known === undefined || stamp.epoch > known.epoch) {
      return stamp.sequence === 0 ? { kind: 'new' } : { kind: 'out-of-order', expected: 0 };
    }
    if (stamp.epoch < known.epoch) return { kind: 'fenced' };
    if (stamp.sequence === known.nextSequence) return { kind: 'new' };
    if (stamp.sequence > known.nextSequence) {
      return { kind: 'out-of-order', expected: known.nextSequence };
    }
    const of = known.recent.find((b) => b.sequence === stamp.sequence && b.count === count);
    return of === undefined ? { kind: 'old-copy' } : { kind: 'copy', of };
  }

  /** Silent longest first. */
  *kept(): Generator<KeptProducer> {
    for (const [producer, { epoch, nextSequence, recent }] of this.#producers) {
      yield { producer, epoch, nextSequence, recent };
    }
  }

  restore({ producer, epoch, nextSequence, recent }: KeptProducer): void {
    this.#producers.set(producer, { epoch, nextSequence, recent: [...recent] });
  }

  remember(stamp: ProducerStamp, batch: RememberedBatch): void {
    const known = this.#producers.get(stamp.producer);
    const recent = known?.epoch === stamp.epoch ? known.recent : [];
    recent.push(batch);
    if (recent.length > rememberedBatches) recent.shift();
    // Deleted and set again, so that the map's first key is the producer silent longest.
    this.#producers.delete(stamp.producer);
    this.#producers.set(stamp.producer, {
      epoch: stamp.epoch,
      nextSequence: batch.sequence + batch.count,
      recent,
    });
    if (this.#producers.size > this.#capacity) {
      for (const silent of this.#producers.keys()) {
        this.#producers.delete(silent);
        break;
      }
    }
  }
}
