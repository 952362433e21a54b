import type { EventRecord } from '../core/events.ts';
import type { HistoryMode } from '../core/history-mode.ts';
import { invariant } from '../core/errors.ts';
import type { Disk } from './disk.ts';
import { Merge, MergeSource } from './merge.ts';
import { createRing, RingWriter } from './ring.ts';
import { RingReader } from './ring-reader.ts';
import { defaultCapBytes, type HistoryFacts, type Retention, SegmentStore } from './segments.ts';
import type { EventSink, RingHandle } from './sink.ts';

export interface CollectorOptions {
  /** For segments; also holds the coordinator's spill file while the cell runs. */
  readonly directory: string;
  readonly disk: Disk;
  /** The cell's identity, as in its message headers. */
  readonly run: number;
  readonly mode: HistoryMode;
  /** Most bytes kept; without it 256 MiB for `full` and 32 MiB for `window`. */
  readonly capBytes?: number;
}

export type EventListener = (event: EventRecord) => void;

export interface CollectorTotals {
  /** Events that have gone to the listeners and the segments. */
  readonly merged: number;
  /** Time of the last of them: everything earlier is complete. */
  readonly mergedUpToNs: number;
  /** Events that went through a spill file because the merge was behind. */
  readonly spilled: number;
  /** Events that were lost because a spill file could not be written: above 0, nothing is decided. */
  readonly lost: number;
  /** The actor whose next event the merge waits for; `coordinatorRank` for the collector itself. */
  readonly waitingFor: number | undefined;
}

/** Above every actor number: at equal times the coordinator's events come last. */
export const coordinatorRank = 0x1_0000;

const coordinatorCapacity = 4096;
const defaultBudget = 200_000;

/**
 * Brings the events of all actors and of the coordinator into one order, by time and then by actor
 * number, and hands each to every listener and to the segments. Memory is bounded by the rings: an actor
 * that stands still holds the merge, and the others spill.
 */
export class HistoryCollector implements EventSink {
  readonly #disk: Disk;
  readonly #segments: SegmentStore;
  readonly #listeners: EventListener[] = [];
  readonly #merge: Merge;
  readonly #actors = new Map<number, MergeSource>();
  readonly #own: RingWriter;
  readonly #ownSource: MergeSource;
  #finished = false;
  #facts: HistoryFacts | undefined;

  constructor(options: CollectorOptions) {
    this.#disk = options.disk;
    options.disk.makeDirectory(options.directory);
    const { directory, disk, run, mode } = options;
    const retention: Retention =
      mode === 'none' ? { mode } : { mode, capBytes: options.capBytes ?? defaultCapBytes[mode] };
    this.#segments = new SegmentStore({ directory, disk, run, retention });
    this.#merge = new Merge((event) => {
      for (const listener of this.#listeners) listener(event);
      this.#segments.append(event);
    });
    const ring = createRing(coordinatorCapacity, `${options.directory}/coordinator.spill`);
    this.#own = new RingWriter(ring, options.disk);
    this.#ownSource = new MergeSource(coordinatorRank, new RingReader(ring, options.disk));
    this.#merge.add(this.#ownSource);
  }

  /** The listener is handed the same object each time; what it throws ends the `poll` it came from. */
  listen(listener: EventListener): void {
    this.#listeners.push(listener);
  }

  /** Before the actor starts: what it writes must not be earlier than what has been merged. */
  addActor(actor: number, ring: RingHandle): void {
    invariant(actor >= 0 && actor < coordinatorRank, `actor number ${actor}`);
    const source = new MergeSource(actor, new RingReader(ring, this.#disk));
    this.#merge.add(source);
    this.#actors.set(actor, source);
  }

  /** After the actor's thread is gone: once its ring is drained, it no longer holds the merge. */
  endActor(actor: number): void {
    const source = this.#actors.get(actor);
    invariant(source !== undefined, `actor ${actor} has no ring`);
    source.ended = true;
  }

  /** The coordinator's own events; `advance` is part of `poll`. */
  append(event: EventRecord): void {
    invariant(!this.#finished, 'an event after the end of the history');
    this.#own.append(event);
  }

  advance(timeNs: number): void {
    this.#own.advance(timeNs);
  }

  /**
   * @param nowNs the coordinator appends nothing earlier from now on
   * @param budget most events to hand out, which bounds how long this takes
   * @returns false when the budget ended it: there is more to merge at once
   */
  poll(nowNs: number, budget = defaultBudget): boolean {
    this.advance(nowNs);
    return this.#merge.run(budget);
  }

  totals(): CollectorTotals {
    return {
      merged: this.#merge.merged,
      mergedUpToNs: this.#merge.mergedNs,
      spilled: this.#merge.spilled(),
      lost: this.#merge.lost(),
      waitingFor: this.#merge.waitingFor(),
    };
  }

  /**
   * Merges everything to the end and closes the files. All actors' threads must be gone. Call it once,
   * also after a failure: it releases every file, even when merging or writing throws.
   */
  finish(): HistoryFacts {
    invariant(!this.#finished, 'a history is finished once');
    this.#finished = true;
    this.#ownSource.ended = true;
    for (const source of this.#actors.values()) source.ended = true;
    try {
      this.#merge.run(Number.POSITIVE_INFINITY);
    } finally {
      this.#own.close();
      this.#merge.close();
      this.#facts = this.#segments.close();
    }
    return this.#facts;
  }
}
