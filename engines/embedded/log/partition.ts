import type { StoredBatch } from '../journal/batch-store.ts';
import { type Keeps, keepsAll } from '../rules.ts';
import { LastStable } from './last-stable.ts';
import type { OpenTransaction } from './open-transaction.ts';
import { ProducerTable } from './producers.ts';
import { Segments } from './segments.ts';
import { keepEverything, type TopicPolicy } from './topic-policy.ts';

export interface IndexedBatch {
  readonly baseOffset: number;
  readonly count: number;
  readonly stored: StoredBatch;
  /** When it was appended, in milliseconds since 1970; never less than that of the batch before. */
  readonly timestampMs: number;
  /** Undefined for a batch outside of transactions. */
  readonly transaction: OpenTransaction | undefined;
  /** Which of its messages compaction has removed; undefined for none. */
  removed?: Set<number>;
}

/** What a reader wishes to see of transactions: everything, or what was committed. */
export const isolations = ['read-uncommitted', 'read-committed'] as const;
export type Isolation = (typeof isolations)[number];

/** Bounds of one read. */
export interface ReadLimit {
  readonly messages: number;
  readonly bytes: number;
}

const rememberedProducers = 4096;

/**
 * One ordered sequence of batches, found by offset and by time. `start` is where it begins since retention
 * has removed what was before, `end` what has been appended, `committed` what readers may see.
 */
export class Partition {
  readonly producers = new ProducerTable(rememberedProducers);
  readonly stable = new LastStable();
  readonly segments: Segments;
  #batches: IndexedBatch[] = [];
  #start = 0;
  readonly #keeps: Keeps;
  #end = 0;
  #committed = 0;

  constructor({ segmentBytes }: TopicPolicy = keepEverything, keeps: Keeps = keepsAll) {
    this.#keeps = keeps;
    this.segments = new Segments(segmentBytes);
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  get committed(): number {
    return this.#committed;
  }

  /** What a batch that is appended now is stamped with: time never goes back within a partition. */
  timestamp(nowMs: number): number {
    return Math.max(nowMs, this.#batches.at(-1)?.timestampMs ?? 0);
  }

  append(batch: IndexedBatch): void {
    this.#batches.push(batch);
    this.segments.append(batch.baseOffset, batch.stored.length, batch.timestampMs);
    this.#end = batch.baseOffset + batch.count;
  }

  /** The end of a transaction takes an offset, where no reader ever finds a message. @returns the new end */
  appendMarker(): number {
    this.#end += 1;
    return this.#end;
  }

  commitTo(offset: number): void {
    this.#committed = Math.max(this.#committed, offset);
  }

  /** Retention: everything before it is gone. It is where a segment begins. */
  startAt(offset: number): void {
    if (offset <= this.#start) return;
    this.#start = offset;
    this.#batches = this.#batches.slice(this.#find(offset));
    this.segments.removeBelow(offset);
  }

  get batches(): readonly IndexedBatch[] {
    return this.#batches;
  }

  /** Recovery: what compaction had removed of the batch that was appended last. */
  removeFromLast(removed: readonly number[]): void {
    const last = this.#batches.at(-1);
    if (last !== undefined) last.removed = new Set(removed);
  }

  /** Recovery, after its batches: a start or an end that they do not tell. All of it is committed. */
  restore(start: number, end: number): void {
    this.#start = start;
    this.#end = end;
    this.commitTo(end);
  }

  /** Batches that begin in this range. */
  between(from: number, below: number): readonly IndexedBatch[] {
    const first = firstWhere(this.#batches, ({ baseOffset }) => baseOffset >= from);
    const end = firstWhere(this.#batches, ({ baseOffset }) => baseOffset >= below);
    return this.#batches.slice(first, end);
  }

  /** Those of which compaction has left nothing. */
  dropEmptyBatches(): void {
    if (this.#batches.some(isEmpty)) this.#batches = this.#batches.filter((one) => !isEmpty(one));
  }

  /** The first offset whose message is not older than that; the end where there is none. */
  offsetAt(timeMs: number): number {
    const at = firstWhere(this.#batches, ({ timestampMs }) => timestampMs >= timeMs);
    return this.#batches[at]?.baseOffset ?? this.#end;
  }

  /** What is below is committed, and decided. */
  get decidedBelow(): number {
    return this.#limit('read-committed');
  }

  /** The position after the last message that such a reader may see. */
  readableEnd(isolation: Isolation): number {
    const limit = this.#limit(isolation);
    for (let at = this.#find(limit) - 1; at >= 0; at -= 1) {
      const batch = this.#batches[at];
      if (batch !== undefined && this.#isVisible(batch, isolation)) return endOf(batch);
    }
    return 0;
  }

  /**
   * Whole batches from the one that holds `offset`, until one of the limits is reached; at least one when
   * there is any, so that a batch larger than the limits still gets through.
   */
  read(offset: number, most: ReadLimit, isolation: Isolation): IndexedBatch[] {
    const found: IndexedBatch[] = [];
    const limit = this.#limit(isolation);
    let messages = 0;
    let bytes = 0;
    for (let at = this.#find(offset); ; at += 1) {
      const batch = this.#batches[at];
      if (batch === undefined || batch.baseOffset + batch.count > limit) break;
      if (!this.#isVisible(batch, isolation)) continue;
      if (
        found.length > 0 &&
        (messages >= most.messages || bytes + batch.stored.length > most.bytes)
      )
        break;
      found.push(batch);
      messages += batch.baseOffset + batch.count - Math.max(offset, batch.baseOffset);
      bytes += batch.stored.length;
    }
    return found;
  }

  #limit(isolation: Isolation): number {
    const stops = isolation === 'read-committed' && this.#keeps('stop-at-last-stable-offset');
    return stops ? this.stable.offset(this.#committed) : this.#committed;
  }

  /** Below the last stable offset every transaction has ended. */
  #isVisible({ transaction }: IndexedBatch, isolation: Isolation): boolean {
    const isAborted = transaction?.end === 'abort' && this.#keeps('hide-aborted');
    return isolation === 'read-uncommitted' || !isAborted;
  }

  /** Index of the first batch that has a message at `offset` or after it. */
  #find(offset: number): number {
    return firstWhere(this.#batches, (batch) => endOf(batch) > offset);
  }
}

/** Index of the first one, where all that are meant come last; their number where there is none. */
function firstWhere(
  batches: readonly IndexedBatch[],
  isMeant: (batch: IndexedBatch) => boolean,
): number {
  let low = 0;
  let high = batches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const batch = batches[middle];
    if (batch !== undefined && !isMeant(batch)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const isEmpty = ({ removed, count }: IndexedBatch): boolean => removed?.size === count;

/** After the last message that compaction has left of it. */
function endOf({ baseOffset, count, removed }: IndexedBatch): number {
  let last = count - 1;
  while (removed?.has(last) === true) last -= 1;
  return baseOffset + last + 1;
}
