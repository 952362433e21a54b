import { invariant, InvariantError } from '../core/errors.ts';
import { readEvent } from '../core/event-codec.ts';
import { emptyEvent, type EventRecord } from '../core/events.ts';
import type { RingReader } from './ring-reader.ts';

/** One ring in the merge. `rank` orders events of equal time. */
export class MergeSource {
  readonly rank: number;
  readonly reader: RingReader;
  /** The time of the next event if one is loaded, else the earliest that the next one can have. */
  nextNs = 0;
  loaded = false;
  ended = false;
  #index = 0;
  #count = 0;

  constructor(rank: number, reader: RingReader) {
    this.rank = rank;
    this.reader = reader;
  }

  /** For a source with nothing loaded: true when it now has an event or a later bound. */
  refresh(): boolean {
    const boundNs = this.ended ? Number.POSITIVE_INFINITY : this.reader.watermarkNs();
    this.#count = this.reader.refill();
    this.#index = 0;
    if (this.#count > 0) {
      this.loaded = true;
      this.nextNs = this.reader.block.f64[1] ?? 0;
      return true;
    }
    if (boundNs <= this.nextNs) return false;
    this.nextNs = boundNs;
    return true;
  }

  take(into: EventRecord): void {
    readEvent(this.reader.block, this.#index, into);
    this.#index += 1;
    // Times within a ring never go back, so the last one bounds what is still to come.
    if (this.#index === this.#count) this.loaded = false;
    else this.nextNs = this.reader.block.f64[this.#index * 8 + 1] ?? 0;
  }
}

/**
 * Merges rings by time, and by rank where times are equal. An event goes out when no ring can still
 * bring one that belongs before it, so a ring whose watermark stands still holds all others.
 */
export class Merge {
  readonly #sources: MergeSource[] = [];
  readonly #event = emptyEvent();
  readonly #emit: (event: EventRecord) => void;
  #closedLost = 0;
  #closedSpilled = 0;
  /** Time of the last event that went out. */
  mergedNs = 0;
  /** Events that went out. */
  merged = 0;

  constructor(emit: (event: EventRecord) => void) {
    this.#emit = emit;
  }

  get sources(): readonly MergeSource[] {
    return this.#sources;
  }

  lost(): number {
    return this.#sources.reduce((sum, source) => sum + source.reader.lost(), this.#closedLost);
  }

  spilled(): number {
    return this.#sources.reduce(
      (sum, source) => sum + source.reader.spilled(),
      this.#closedSpilled,
    );
  }

  /** The ring that the merge waits for; `undefined` when there is none. */
  waitingFor(): number | undefined {
    const first = this.#earliest(undefined);
    return first === undefined || first.loaded ? undefined : first.rank;
  }

  add(source: MergeSource): void {
    invariant(
      this.#sources.every((other) => other.rank !== source.rank),
      `two rings of rank ${source.rank}`,
    );
    this.#sources.push(source);
    this.#sources.sort((a, b) => a.rank - b.rank);
  }

  /** Emits what may go out, at most `budget` events; returns false when the budget ended it. */
  run(budget: number): boolean {
    let left = budget;
    while (left > 0) {
      const first = this.#earliest(undefined);
      if (first === undefined) return true;
      if (first.loaded) left -= this.#emitFrom(first, this.#earliest(first), left);
      else if (!first.refresh()) return true;
      else if (first.ended && !first.loaded) this.#drop(first);
    }
    return false;
  }

  /** Releases the files of rings that could not be merged to their end. */
  close(): void {
    for (const source of this.#sources.slice()) this.#drop(source);
  }

  /** Sources are sorted by rank, so the first of equal times is the one of lowest rank. */
  #earliest(except: MergeSource | undefined): MergeSource | undefined {
    let earliest: MergeSource | undefined;
    for (const source of this.#sources) {
      if (source === except) continue;
      if (earliest === undefined || source.nextNs < earliest.nextNs) earliest = source;
    }
    return earliest;
  }

  #emitFrom(source: MergeSource, next: MergeSource | undefined, budget: number): number {
    let emitted = 0;
    while (source.loaded && emitted < budget && goesBefore(source, next)) {
      source.take(this.#event);
      const timeNs = this.#event.timeNs;
      if (timeNs < this.mergedNs) reportPast(source.rank, timeNs, this.mergedNs);
      this.mergedNs = timeNs;
      this.merged += 1;
      emitted += 1;
      this.#emit(this.#event);
    }
    return emitted;
  }

  #drop(source: MergeSource): void {
    this.#closedLost += source.reader.lost();
    this.#closedSpilled += source.reader.spilled();
    source.reader.close();
    this.#sources.splice(this.#sources.indexOf(source), 1);
  }
}

function goesBefore(source: MergeSource, next: MergeSource | undefined): boolean {
  if (next === undefined || source.nextNs < next.nextNs) return true;
  return source.nextNs === next.nextNs && source.rank < next.rank;
}

function reportPast(rank: number, timeNs: number, mergedNs: number): never {
  throw new InvariantError(
    `actor ${rank} wrote an event of ${timeNs} ns after the history had reached ${mergedNs} ns`,
  );
}
