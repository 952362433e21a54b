import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStrings, StringTable } from '../../../harness/history/strings.ts';
import { MemoryDisk } from './memory-disk.ts';

describe('the texts beside a history', () => {
  it('come back by the index that events refer to, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const disk = new MemoryDisk();
        const table = new StringTable('/h', disk, true);
        const indexes = texts.map((text) => table.add(text));
        table.close();
        const back = readStrings('/h', disk);
        expect(indexes.map((index) => back.get(index))).toEqual(texts);
        expect(indexes).not.toContain(0);
      }),
    );
  });

  it('are cut to 2,000 characters, with the number of those left out', () => {
    const disk = new MemoryDisk();
    const table = new StringTable('/h', disk, true);
    const index = table.add('x'.repeat(2_500));
    expect(readStrings('/h', disk).get(index)).toBe(`${'x'.repeat(2_000)}…(+500 characters)`);
  });

  it('share an index when they are equal, and run out at 65,536', () => {
    const table = new StringTable('/h', new MemoryDisk(), false);
    expect(table.add('a')).toBe(table.add('a'));
    for (let n = 1; n < 65_536; n += 1) table.add(`text ${n}`);
    expect(table.add('one too many')).toBe(0);
    expect(table.add('a')).toBe(1);
  });

  it('are read up to a line that was cut off', () => {
    const disk = new MemoryDisk();
    const table = new StringTable('/h', disk, true);
    table.add('whole');
    table.add('cut');
    const content = disk.content('/h/strings.ndjson');
    disk.files.set('/h/strings.ndjson', content.subarray(0, content.length - 5));
    expect([...readStrings('/h', disk)]).toEqual([[1, 'whole']]);
  });

  it('are none when nothing was said', () => {
    expect(readStrings('/h', new MemoryDisk()).size).toBe(0);
  });
});
