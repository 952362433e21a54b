import { crc32 } from 'node:zlib';
import { AckmarkError } from '../core/errors.ts';
import { eventViews, readEvent } from '../core/event-codec.ts';
import { emptyEvent, eventBytes, eventKindName, type EventRecord } from '../core/events.ts';
import { plural } from '../core/plural.ts';
import type { Disk, DiskFile } from './disk.ts';
import {
  decodeSegmentHeader,
  type SegmentHeader,
  segmentHeaderBytes,
  SegmentState,
  segmentSuffix,
} from './segment-header.ts';

export interface HistoryRead {
  /** The cell's identity; `undefined` when no header could be read. */
  readonly run: number | undefined;
  /** Index of the first event that was read: above 0, earlier ones were not kept. */
  readonly firstEvent: number;
  readonly eventsRead: number;
  /** BAD_HISTORY, naming file, offset and reason: what follows it could not be read. */
  readonly problem: AckmarkError | undefined;
}

const chunkRecords = 4096;

/**
 * Visits the events of all kept segments in order. What is readable is visited before a problem is
 * reported, so that a caller can judge it and say what it could not see.
 *
 * @param visit is handed the same object each time: copy what you keep
 */
export function readHistory(
  directory: string,
  disk: Disk,
  visit: (event: EventRecord) => void,
): HistoryRead {
  const scan = new Scan(disk, visit);
  const problem = scan.directory(directory);
  const { run, firstEvent, eventsRead } = scan;
  return { run, firstEvent: firstEvent ?? 0, eventsRead, problem };
}

class Scan {
  readonly #disk: Disk;
  readonly #visit: (event: EventRecord) => void;
  readonly #event = emptyEvent();
  readonly #chunk = eventViews(new ArrayBuffer(chunkRecords * eventBytes), 0, chunkRecords);
  #lastNs = 0;
  run: number | undefined;
  firstEvent: number | undefined;
  eventsRead = 0;

  constructor(disk: Disk, visit: (event: EventRecord) => void) {
    this.#disk = disk;
    this.#visit = visit;
  }

  directory(directory: string): AckmarkError | undefined {
    const names = this.#disk
      .list(directory)
      .filter((name) => name.endsWith(segmentSuffix))
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
    if (names.length === 0) return problem(directory, 0, 'it holds no history');
    let state: SegmentState = SegmentState.continued;
    for (const name of names) {
      const path = `${directory}/${name}`;
      if (state === SegmentState.last) return problem(path, 20, 'it follows the last segment');
      const result = this.#file(path);
      if (result instanceof AckmarkError) return result;
      state = result.state;
    }
    if (state === SegmentState.last) return undefined;
    return problem(`${directory}/${names.at(-1)}`, 20, 'the segments after it are missing');
  }

  #file(path: string): SegmentHeader | AckmarkError {
    let file: DiskFile;
    try {
      file = this.#disk.open(path);
    } catch (cause) {
      return problem(path, 0, 'it cannot be opened', cause);
    }
    try {
      return this.#segment(path, file);
    } finally {
      file.close();
    }
  }

  #segment(path: string, file: DiskFile): SegmentHeader | AckmarkError {
    const start = new Uint8Array(segmentHeaderBytes);
    const reading = decodeSegmentHeader(start.subarray(0, file.read(start, 0)));
    if (!reading.ok) return problem(path, reading.offset, reading.reason);
    const { header } = reading;
    this.run ??= header.run;
    this.firstEvent ??= header.firstEvent;
    if (header.run !== this.run) return problem(path, 16, 'it belongs to another cell');
    const expected = this.firstEvent + this.eventsRead;
    if (header.firstEvent !== expected) {
      const reason = `it starts with event ${header.firstEvent}, and event ${expected} was to come`;
      return problem(path, 24, reason);
    }
    return this.#records(path, file, header) ?? header;
  }

  #records(path: string, file: DiskFile, header: SegmentHeader): AckmarkError | undefined {
    const bytes = file.size() - segmentHeaderBytes;
    const whole = Math.floor(bytes / eventBytes);
    const closed = header.state !== SegmentState.open;
    const events = closed ? Math.min(header.events, whole) : whole;
    if (closed && events === header.events && this.#checksum(file, events) !== header.checksum) {
      return problem(path, segmentHeaderBytes, 'its events are not those that were written');
    }
    for (let index = 0; index < events; index += chunkRecords) {
      const records = Math.min(chunkRecords, events - index);
      const position = segmentHeaderBytes + index * eventBytes;
      file.read(this.#chunk.u8.subarray(0, records * eventBytes), position);
      const failure = this.#visitChunk(path, position, records);
      if (failure !== undefined) return failure;
    }
    const end = segmentHeaderBytes + events * eventBytes;
    if (!closed) return problem(path, end, 'it was not finished: its run ended abruptly');
    if (whole < header.events) {
      return problem(
        path,
        end,
        `it is cut off: ${whole} of its ${plural(header.events, 'event')} are left`,
      );
    }
    if (bytes !== header.events * eventBytes)
      return problem(path, end, 'bytes follow its last event');
    return undefined;
  }

  /** Before any of them is visited: what was changed proves nothing, neither way. */
  #checksum(file: DiskFile, events: number): number {
    let checksum = 0;
    for (let index = 0; index < events; index += chunkRecords) {
      const bytes = Math.min(chunkRecords, events - index) * eventBytes;
      const chunk = this.#chunk.u8.subarray(0, bytes);
      file.read(chunk, segmentHeaderBytes + index * eventBytes);
      checksum = crc32(chunk, checksum);
    }
    return checksum;
  }

  #visitChunk(path: string, position: number, records: number): AckmarkError | undefined {
    for (let index = 0; index < records; index += 1) {
      readEvent(this.#chunk, index, this.#event);
      const { kind, timeNs } = this.#event;
      const offset = position + index * eventBytes;
      if (eventKindName[kind] === undefined) {
        return problem(path, offset, `event kind ${kind} does not exist`);
      }
      if (!(timeNs >= this.#lastNs)) return problem(path, offset + 8, 'time goes back');
      this.#lastNs = timeNs;
      this.eventsRead += 1;
      this.#visit(this.#event);
    }
    return undefined;
  }
}

function problem(path: string, offset: number, reason: string, cause?: unknown): AckmarkError {
  return new AckmarkError('BAD_HISTORY', `${path}, byte ${offset}: ${reason}`, {
    hint: 'Judge what was read as incomplete, or run the cell again with its replay command.',
    cause,
  });
}
