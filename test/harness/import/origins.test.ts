import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OriginWriter, originsIn } from '../../../harness/import/origins.ts';
import { importLines } from '../../../harness/import/import-lines.ts';
import { MemoryDisk } from '../history/memory-disk.ts';
import { delivered, drained, header, sent } from './lines-of.ts';

const names = ['a.ndjson', 'b.ndjson', 'c.ndjson'];

describe('where the events of a history were read from', () => {
  it('is found again for every event, in files of any length', () => {
    const place = fc.record({ file: fc.nat(2), line: fc.integer({ min: 1, max: 2 ** 32 - 1 }) });
    fc.assert(
      fc.property(fc.array(place, { size: 'large' }), (places) => {
        const disk = new MemoryDisk();
        const writer = new OriginWriter('d', disk);
        for (const { file, line } of places) writer.append(file, line);
        writer.close();
        const originOf = originsIn('d', disk, names);
        expect(places.map((_, event) => originOf(event))).toEqual(
          places.map(({ file, line }) => `${names[file]}:${line}`),
        );
        expect(originOf(places.length)).toBe('');
      }),
    );
  });

  it('is found where more events were written than fit in one go', () => {
    const disk = new MemoryDisk();
    const writer = new OriginWriter('d', disk);
    for (let line = 1; line <= 20_000; line += 1) writer.append(0, line);
    writer.close();
    const originOf = originsIn('d', disk, names);
    for (const event of [0, 8_191, 8_192, 16_383, 16_384, 19_999]) {
      expect(originOf(event)).toBe(`a.ndjson:${event + 1}`);
    }
  });

  it('is the line of the file, whatever stands between the events', () => {
    const disk = new MemoryDisk();
    const put = (path: string, ...text: readonly (object | string)[]): void => {
      const lines = text.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
      disk.create(path).write(Buffer.from(`${lines.join('\n')}\n`), 0);
    };
    const [invoke = {}, settled = {}] = sent(1, 'a', 0);
    put('p', header, '', { ...invoke, notBeforeMs: 2 }, 'no JSON', settled);
    put('c', header, delivered(3, 'a', 0), '', '', drained);
    const sources = ['p', 'c'].map((path) => ({ path, name: `${path}.ndjson` }));
    const { sidecar, originOf } = importLines(sources, disk, 'scratch');
    // The first line makes two events: the send and its times.
    expect(Array.from({ length: sidecar.events }, (_, event) => originOf(event))).toEqual([
      'p.ndjson:3',
      'p.ndjson:3',
      'p.ndjson:5',
      'c.ndjson:2',
      'c.ndjson:5',
    ]);
  });

  it('ends the reading with a reason when the disk has no room for it', () => {
    const disk = new MemoryDisk();
    const writer = new OriginWriter('d', disk);
    writer.append(0, 1);
    disk.beforeWrite = () => {
      throw new Error('ENOSPC');
    };
    expect(() => writer.close()).toThrow('cannot write in d');
    expect(disk.closed).toBe(disk.opened);
  });
});
