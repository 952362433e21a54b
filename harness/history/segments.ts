import { crc32 } from 'node:zlib';
import { AckmarkError, invariant } from '../core/errors.ts';
import { eventViews, writeEvent } from '../core/event-codec.ts';
import { eventBytes, type EventRecord } from '../core/events.ts';
import type { HistoryInfo } from '../record/schema.ts';
import type { Disk, DiskFile } from './disk.ts';
import {
  encodeSegmentHeader,
  segmentHeaderBytes,
  segmentName,
  SegmentState,
} from './segment-header.ts';

/** What of a history stays on disk. `full` becomes a window when it reaches its cap. */
export type Retention =
  | { readonly mode: 'full' | 'window'; readonly capBytes: number }
  | { readonly mode: 'none' };

export const defaultCapBytes = { full: 256 * 1024 * 1024, window: 32 * 1024 * 1024 } as const;

const largestSegmentBytes = 16 * 1024 * 1024;
const smallestSegmentBytes = segmentHeaderBytes + eventBytes;
const chunkRecords = 4096;

export interface SegmentsOptions {
  readonly directory: string;
  readonly disk: Disk;
  /** The cell's identity, as in its message headers. */
  readonly run: number;
  readonly retention: Retention;
}

export type HistoryFacts = Omit<HistoryInfo, 'directory'>;

interface Segment {
  readonly name: string;
  readonly firstEvent: number;
  events: number;
  /** Of the events that are in its file. */
  checksum: number;
}

/**
 * Writes the merged history as numbered files of at most 16 MiB, and of at most a quarter of the cap, so
 * that deleting the oldest one leaves three quarters of what may be kept.
 */
export class SegmentStore {
  readonly #options: SegmentsOptions;
  readonly #capBytes: number;
  readonly #segmentRecords: number;
  readonly #chunk = eventViews(new ArrayBuffer(chunkRecords * eventBytes), 0, chunkRecords);
  #chunkUsed = 0;
  #file: DiskFile | undefined;
  readonly #segments: Segment[] = [];
  #segmentsStarted = 0;
  #eventsTotal = 0;
  #eventsDeleted = 0;

  constructor(options: SegmentsOptions) {
    this.#options = options;
    const { retention } = options;
    this.#capBytes = retention.mode === 'none' ? 0 : retention.capBytes;
    const bytes = Math.min(largestSegmentBytes, Math.floor(this.#capBytes / 4));
    this.#segmentRecords =
      Math.floor(Math.max(bytes, smallestSegmentBytes) / eventBytes) -
      segmentHeaderBytes / eventBytes;
    if (retention.mode === 'none') return;
    invariant(retention.capBytes >= smallestSegmentBytes, 'a history cap below one event');
    this.#guard(() => options.disk.makeDirectory(options.directory));
  }

  append(event: EventRecord): void {
    this.#eventsTotal += 1;
    if (this.#options.retention.mode === 'none') return;
    const segment = this.#segmentWithRoom();
    writeEvent(this.#chunk, this.#chunkUsed, event);
    this.#chunkUsed += 1;
    segment.events += 1;
    if (this.#chunkUsed === chunkRecords) this.#writeChunk(segment);
  }

  /** What is kept so far; the last events may not be in their file before `close`. */
  facts(): HistoryFacts {
    const { mode } = this.#options.retention;
    const eventsKept = this.#segments.reduce((sum, segment) => sum + segment.events, 0);
    return {
      mode: this.#eventsDeleted > 0 ? 'window' : mode,
      eventsTotal: this.#eventsTotal,
      eventsKept,
      bytesKept: this.#bytesKept(),
      complete: mode !== 'none' && this.#eventsDeleted === 0,
    };
  }

  close(): HistoryFacts {
    if (this.#options.retention.mode !== 'none' && this.#segments.length === 0) this.#start();
    this.#finishSegment(SegmentState.last);
    return this.facts();
  }

  #segmentWithRoom(): Segment {
    const last = this.#segments.at(-1);
    if (last !== undefined && last.events < this.#segmentRecords) return last;
    this.#finishSegment(SegmentState.continued);
    return this.#start();
  }

  #start(): Segment {
    const largest = segmentHeaderBytes + this.#segmentRecords * eventBytes;
    while (this.#segments.length > 0 && this.#bytesKept() + largest > this.#capBytes) {
      this.#deleteOldest();
    }
    const segment: Segment = {
      name: segmentName(this.#segmentsStarted),
      firstEvent: this.#eventsTotal === 0 ? 0 : this.#eventsTotal - 1,
      events: 0,
      checksum: 0,
    };
    this.#segmentsStarted += 1;
    this.#guard(() => {
      this.#file = this.#options.disk.create(this.#path(segment.name));
      this.#file.write(this.#header(segment, SegmentState.open), 0);
    });
    this.#segments.push(segment);
    return segment;
  }

  #deleteOldest(): void {
    const oldest = this.#segments.shift();
    invariant(oldest !== undefined, 'a window without segments');
    this.#eventsDeleted += oldest.events;
    this.#guard(() => this.#options.disk.remove(this.#path(oldest.name)));
  }

  #finishSegment(state: SegmentState): void {
    const segment = this.#segments.at(-1);
    const file = this.#file;
    if (segment === undefined || file === undefined) return;
    this.#writeChunk(segment);
    this.#guard(() => {
      file.write(this.#header(segment, state), 0);
      file.close();
    });
    this.#file = undefined;
  }

  #writeChunk(segment: Segment): void {
    const records = this.#chunkUsed;
    this.#chunkUsed = 0;
    if (records === 0) return;
    const position = segmentHeaderBytes + (segment.events - records) * eventBytes;
    const bytes = this.#chunk.u8.subarray(0, records * eventBytes);
    segment.checksum = crc32(bytes, segment.checksum);
    this.#guard(() => this.#file?.write(bytes, position));
  }

  #header(segment: Segment, state: SegmentState): Uint8Array {
    const { firstEvent } = segment;
    const { run } = this.#options;
    const written = state === SegmentState.open ? { events: 0, checksum: 0 } : segment;
    const { events, checksum } = written;
    return encodeSegmentHeader({ run, state, firstEvent, events, checksum });
  }

  #bytesKept(): number {
    let bytes = 0;
    for (const segment of this.#segments) bytes += segmentHeaderBytes + segment.events * eventBytes;
    return bytes;
  }

  #path(name: string): string {
    return `${this.#options.directory}/${name}`;
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (cause) {
      throw new AckmarkError('IO', `cannot write the history in ${this.#options.directory}`, {
        hint: 'Free some disk space, or keep less with --history window or --history none.',
        cause,
      });
    }
  }
}
