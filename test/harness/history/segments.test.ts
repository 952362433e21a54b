import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventRecord } from '../../../harness/core/events.ts';
import { readHistory } from '../../../harness/history/reader.ts';
import {
  decodeSegmentHeader,
  encodeSegmentHeader,
} from '../../../harness/history/segment-header.ts';
import { type Retention, SegmentStore } from '../../../harness/history/segments.ts';
import { arbitraryEvent, event } from './arbitrary-event.ts';
import { MemoryDisk } from './memory-disk.ts';

function store(retention: Retention) {
  const disk = new MemoryDisk();
  return { disk, segments: new SegmentStore({ directory: '/h', disk, run: 7, retention }) };
}

function read(disk: MemoryDisk) {
  const events: EventRecord[] = [];
  const result = readHistory('/h', disk, (each) => events.push({ ...each }));
  return { events, ...result };
}

/** Segments of 3 events each. */
const window = { mode: 'window', capBytes: 4 * 4 * 64 } as const;

function written(count: number, retention: Retention = window): MemoryDisk {
  const { disk, segments } = store(retention);
  for (let seq = 0; seq < count; seq += 1) segments.append(event(1, seq, seq));
  segments.close();
  return disk;
}

describe('segments', () => {
  it('give back every field of every event', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEvent, { maxLength: 20 }), (given) => {
        const events = given.toSorted((a, b) => a.timeNs - b.timeNs);
        const { disk, segments } = store({ mode: 'full', capBytes: 1 << 20 });
        for (const each of events) segments.append(each);
        segments.close();
        expect(read(disk)).toEqual({ events, run: 7, firstEvent: 0, eventsRead: events.length });
      }),
    );
  });

  it('are files of the agreed size with the index of their first event', () => {
    const disk = written(11, { mode: 'full', capBytes: 1 << 12 });
    const large = written(30, { mode: 'full', capBytes: 1 << 20 });
    expect(disk.list('/h').toSorted()).toEqual(['00000.ackh']);
    expect(large.content('/h/00000.ackh').length).toBe(31 * 64);
    const small = written(7);
    expect(small.list('/h').toSorted()).toEqual(['00000.ackh', '00001.ackh', '00002.ackh']);
    expect(small.content('/h/00001.ackh').readDoubleLE(24)).toBe(3);
  });

  it('of a window hold the newest events, at most the cap and at least three quarters of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 8, max: 64 }),
        (n, records) => {
          const capBytes = records * 64;
          const { disk, segments } = store({ mode: 'window', capBytes });
          for (let seq = 0; seq < n; seq += 1) segments.append(event(1, seq, seq));
          const facts = segments.close();
          const { events, firstEvent, problem } = read(disk);
          const bytes = disk
            .list('/h')
            .reduce((sum, name) => sum + disk.content(`/h/${name}`).length, 0);
          expect(problem).toBeUndefined();
          expect(events.map((each) => each.seq)).toEqual(
            Array.from({ length: events.length }, (_, index) => n - events.length + index),
          );
          expect(firstEvent).toBe(n - events.length);
          expect(facts).toEqual({
            mode: 'window',
            eventsTotal: n,
            eventsKept: events.length,
            bytesKept: bytes,
            complete: events.length === n,
          });
          expect(bytes).toBeLessThanOrEqual(capBytes);
          const segmentBytes = Math.floor(records / 4) * 64;
          if (!facts.complete) expect(bytes).toBeGreaterThan(capBytes - 2 * segmentBytes);
        },
      ),
    );
  });

  it('keep everything up to the cap and become a window there', () => {
    const { segments } = store({ mode: 'full', capBytes: 16 * 64 });
    for (let seq = 0; seq < 12; seq += 1) segments.append(event(1, seq, seq));
    expect(segments.facts()).toMatchObject({ mode: 'full', eventsKept: 12, complete: true });
    segments.append(event(1, 12, 12));
    expect(segments.close()).toMatchObject({ mode: 'window', eventsKept: 10, complete: false });
  });

  it('of mode none leave no file, and only the count', () => {
    const { disk, segments } = store({ mode: 'none' });
    segments.append(event(1, 0, 0));
    expect(segments.close()).toEqual({
      mode: 'none',
      eventsTotal: 1,
      eventsKept: 0,
      bytesKept: 0,
      complete: false,
    });
    expect(disk.files.size).toBe(0);
  });

  it('of a cell without events are one readable, empty file', () => {
    const { disk, segments } = store(window);
    segments.close();
    expect(read(disk)).toMatchObject({ eventsRead: 0, run: 7, problem: undefined });
  });

  it('say what to do when the disk is full', () => {
    const { disk, segments } = store({ mode: 'full', capBytes: 1 << 12 });
    disk.beforeWrite = () => {
      throw new Error('ENOSPC');
    };
    expect(() => segments.append(event(1, 0, 0))).toThrow(
      expect.objectContaining({ code: 'IO', hint: expect.stringContaining('--history window') }),
    );
  });
});

describe('a damaged history', () => {
  it('is read up to the cut, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.nat({ max: 4 * 64 - 1 }), (length) => {
        const disk = written(6);
        const path = '/h/00001.ackh';
        disk.files.set(path, disk.content(path).subarray(0, length));
        const { events, problem } = read(disk);
        const left = Math.max(0, Math.floor(length / 64) - 1);
        expect(events.map((each) => each.seq)).toEqual([0, 1, 2, 3, 4, 5].slice(0, 3 + left));
        expect(problem?.code).toBe('BAD_HISTORY');
        expect(problem?.message).toContain(
          `${path}, byte ${Math.floor(length / 64) * 64 || length}`,
        );
      }),
    );
  });

  it.each([
    ['another kind of file', 0, Buffer.from('PK\u0003\u0004'), 'byte 0: it is no history file'],
    ['the other byte order', 4, Buffer.from([1, 2, 3, 4]), 'byte 4: it was written on a host of'],
    ['another version', 8, Buffer.from([9]), 'byte 8: it has version 9'],
    ['a damaged header', 24, Buffer.from([1]), 'byte 60: its header is damaged'],
    ['an event that was changed', 128, Buffer.from([200]), 'byte 64: its events are not those'],
    ['bytes after the end', 256, Buffer.from([1]), 'byte 256: bytes follow its last event'],
  ])('names file, byte and reason for %s', (_, offset, bytes, reason) => {
    const disk = written(6);
    const content = disk.content('/h/00001.ackh');
    const damaged = Buffer.alloc(Math.max(content.length, offset + bytes.length));
    content.copy(damaged);
    bytes.copy(damaged, offset);
    disk.files.set('/h/00001.ackh', damaged);
    const { events, problem } = read(disk);
    expect(problem?.message).toContain(`/h/00001.ackh, ${reason}`);
    expect(events.length).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['a kind that does not exist', 128, Buffer.from([200]), 'byte 128: event kind 200'],
    ['time that goes back', 136, Buffer.alloc(8, 0xbf), 'byte 136: time goes back'],
  ])('that was written wrong names file, byte and reason for %s', (_, offset, bytes, reason) => {
    const disk = written(6);
    const content = Buffer.from(disk.content('/h/00001.ackh'));
    bytes.copy(content, offset);
    const reading = decodeSegmentHeader(content);
    if (!reading.ok) throw new Error(reason);
    const checksum = crc32(content.subarray(64));
    content.set(encodeSegmentHeader({ ...reading.header, checksum }));
    disk.files.set('/h/00001.ackh', content);
    expect(read(disk).problem?.message).toContain(`/h/00001.ackh, ${reason}`);
  });

  it('shows nothing of a segment in which any one bit was changed', () => {
    fc.assert(
      fc.property(fc.nat({ max: 4 * 64 * 8 - 1 }), (bit) => {
        const disk = written(6);
        const content = disk.content('/h/00001.ackh');
        content.writeUInt8(content.readUInt8(bit >>> 3) ^ (1 << (bit & 7)), bit >>> 3);
        const { eventsRead, problem } = read(disk);
        expect(eventsRead).toBe(3);
        expect(problem?.code).toBe('BAD_HISTORY');
      }),
    );
  });

  it.each([
    ['the first', '00000.ackh', 0],
    ['a middle one', '00001.ackh', 3],
    ['the last', '00002.ackh', 6],
  ])('misses %s segment', (_, name, readable) => {
    const disk = written(9);
    disk.remove(`/h/${name}`);
    const { eventsRead, firstEvent, problem } = read(disk);
    if (name === '00000.ackh') expect([firstEvent, eventsRead]).toEqual([3, 6]);
    else {
      expect(eventsRead).toBe(readable);
      expect(problem?.message).toMatch(/segments after it are missing|event 3 was to come/);
    }
  });

  it('of another cell is not read on', () => {
    const disk = written(6);
    const other = new MemoryDisk();
    const segments = new SegmentStore({ directory: '/h', disk: other, run: 8, retention: window });
    for (let seq = 0; seq < 6; seq += 1) segments.append(event(1, seq, seq));
    segments.close();
    disk.files.set('/h/00001.ackh', other.content('/h/00001.ackh'));
    expect(read(disk)).toMatchObject({
      eventsRead: 3,
      problem: { message: '/h/00001.ackh, byte 16: it belongs to another cell' },
    });
  });

  it('whose run ended abruptly says so after what had been written', () => {
    const { disk, segments } = store(window);
    for (let seq = 0; seq < 4; seq += 1) segments.append(event(1, seq, seq));
    const { eventsRead, problem } = read(disk);
    expect(eventsRead).toBe(3);
    expect(problem?.message).toContain('ended abruptly');
  });

  it('that is not there is a problem, too', () => {
    expect(read(new MemoryDisk()).problem?.message).toContain('it holds no history');
  });
});
