import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventViews, readEvent, writeEvent } from '../../../harness/core/event-codec.ts';
import { emptyEvent, type EventRecord } from '../../../harness/core/events.ts';
import { createRing, RingWriter } from '../../../harness/history/ring.ts';
import { RingReader } from '../../../harness/history/ring-reader.ts';
import { arbitraryEvent, event } from './arbitrary-event.ts';
import { MemoryDisk } from './memory-disk.ts';

function ringOf(capacity: number, staging: number, block: number) {
  const disk = new MemoryDisk();
  const handle = createRing(capacity, '/ring.spill', staging);
  const writer = new RingWriter(handle, disk);
  const reader = new RingReader(handle, disk, block);
  return { disk, handle, writer, reader };
}

function refill(reader: RingReader): EventRecord[] {
  const events: EventRecord[] = [];
  const count = reader.refill();
  for (let index = 0; index < count; index += 1) {
    const copy = emptyEvent();
    readEvent(reader.block, index, copy);
    events.push(copy);
  }
  return events;
}

function drain(reader: RingReader): EventRecord[] {
  const events: EventRecord[] = [];
  for (let more = refill(reader); more.length > 0; more = refill(reader)) events.push(...more);
  return events;
}

describe('the event codec', () => {
  it('returns every field of every kind as it was written, wherever the record stands', () => {
    fc.assert(
      fc.property(arbitraryEvent, fc.nat({ max: 3 }), (given, index) => {
        const views = eventViews(new ArrayBuffer(4 * 64), 0, 4);
        writeEvent(views, index, given);
        const back = emptyEvent();
        readEvent(views, index, back);
        expect(back).toEqual(given);
      }),
    );
  });
});

describe('a ring', () => {
  it('gives back what was appended, in order, without a file while there is room', () => {
    const { disk, writer, reader } = ringOf(4, 2, 3);
    const events = [event(1, 0, 10), event(1, 1, 20), event(1, 2, 20), event(1, 3, 30)];
    for (const each of events) writer.append(each);
    expect(drain(reader)).toEqual(events);
    expect(drain(reader)).toEqual([]);
    expect(reader.spilled()).toBe(0);
    expect(disk.files.size).toBe(0);
  });

  it('spills what it has no room for, and returns to memory once the reader has caught up', () => {
    const { disk, writer, reader } = ringOf(2, 2, 8);
    const events = Array.from({ length: 7 }, (_, seq) => event(1, seq, seq));
    for (const each of events) writer.append(each);
    expect(reader.spilled()).toBe(5);
    expect(disk.content('/ring.spill').length).toBe(4 * 64);
    expect(drain(reader)).toEqual(events);
    writer.append(event(1, 7, 7));
    expect(drain(reader)).toEqual([event(1, 7, 7)]);
    expect(reader.spilled()).toBe(5);
  });

  it('reuses the spill file from its start for the next time it is full', () => {
    const { disk, writer, reader } = ringOf(1, 1, 8);
    for (let round = 0; round < 50; round += 1) {
      for (let n = 0; n < 5; n += 1) writer.append(event(1, round, round));
      expect(drain(reader)).toHaveLength(5);
    }
    expect(disk.content('/ring.spill').length).toBeLessThanOrEqual(4 * 64);
    reader.close();
    expect(disk.files.size).toBe(0);
  });

  it('raises a time that goes back to the last one, and to what was promised', () => {
    const { writer, reader } = ringOf(8, 2, 8);
    writer.append(event(1, 0, 50));
    const early = event(1, 1, 40);
    writer.append(early);
    writer.advance(70);
    writer.append(event(1, 2, 60));
    writer.append(event(1, 3, Number.NaN));
    expect(drain(reader).map((each) => each.timeNs)).toEqual([50, 50, 70, 70]);
    expect(early.timeNs).toBe(40);
    expect(reader.watermarkNs()).toBe(70);
  });

  it('never takes a watermark back', () => {
    const { writer, reader } = ringOf(8, 2, 8);
    writer.advance(1e15 + 1);
    writer.advance(5);
    expect(reader.watermarkNs()).toBe(1e15 + 1);
  });

  it('counts what neither memory nor disk could take, and recovers when the reader has caught up', () => {
    const { disk, writer, reader } = ringOf(2, 2, 8);
    disk.beforeWrite = () => {
      throw new Error('no space left on device');
    };
    for (let seq = 0; seq < 10; seq += 1) writer.append(event(1, seq, seq));
    expect(reader.lost()).toBe(6);
    expect(drain(reader).map((each) => each.seq)).toEqual([0, 1, 2, 3]);
    disk.beforeWrite = () => {};
    for (let seq = 10; seq < 20; seq += 1) writer.append(event(1, seq, seq));
    expect(drain(reader)).toHaveLength(10);
    expect(reader.lost()).toBe(6);
  });

  it('has one writer for all its life', () => {
    const { handle, writer } = ringOf(2, 2, 8);
    writer.append(event(1, 0, 0));
    expect(() => new RingWriter(handle, new MemoryDisk())).toThrow('one writer');
  });
});
