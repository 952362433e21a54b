import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JournalError } from '../../../engines/embedded/journal/commit-log.ts';
import { type FsyncPolicy, Journal } from '../../../engines/embedded/journal/journal.ts';
import { recordHeaderBytes, segmentHeaderBytes } from '../../../engines/embedded/journal/record.ts';
import { keepsAll } from '../../../engines/embedded/rules.ts';
import { MemoryStorage } from './memory-storage.ts';

function open(
  storage: MemoryStorage,
  options: {
    segmentBytes?: number;
    fsync?: FsyncPolicy;
    onFailure?: (e: JournalError) => void;
  } = {},
): { journal: Journal; entries: string[]; truncatedBytes: number } {
  const entries: string[] = [];
  const { journal, truncatedBytes } = Journal.open(
    storage,
    {
      fsync: options.fsync ?? { kind: 'never' },
      segmentBytes: options.segmentBytes ?? 4096,
      salt: () => 0x5a17,
      onFailure: options.onFailure ?? (() => {}),
      keeps: keepsAll,
    },
    (payload) => entries.push(payload.toString('hex')),
  );
  return { journal, entries, truncatedBytes };
}

function reasonOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof JournalError) return error.reason;
    throw error;
  }
  return 'nothing was thrown';
}

const payloads = fc.array(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  {
    minLength: 1,
    maxLength: 12,
  },
);

/** Where each record ends, in one segment. */
function ends(written: readonly Buffer[]): number[] {
  let at = segmentHeaderBytes;
  return written.map((payload) => {
    at += recordHeaderBytes + payload.length;
    return at;
  });
}

describe('recovery', () => {
  test('every entry comes back in order, over any number of segments, in any chunks', () => {
    fc.assert(
      fc.property(payloads, fc.integer({ min: 110, max: 400 }), (written, segmentBytes) => {
        const storage = new MemoryStorage();
        const { journal } = open(storage, { segmentBytes });
        const addresses = written.map((payload) =>
          journal.append([payload.subarray(0, 3), payload.subarray(3)]),
        );
        for (const [index, address] of addresses.entries()) {
          expect(journal.read(address)).toEqual(written[index]);
        }
        const again = open(storage, { segmentBytes });
        expect(again.entries).toEqual(written.map((payload) => payload.toString('hex')));
        expect(again.truncatedBytes).toBe(0);
        again.journal.append([Buffer.from([7])]);
        expect(open(storage).entries).toHaveLength(written.length + 1);
      }),
    );
  });

  test('a journal cut off anywhere keeps exactly the entries that were complete, and goes on', () => {
    fc.assert(
      fc.property(payloads, fc.double({ min: 0, max: 1, noNaN: true }), (written, share) => {
        const storage = new MemoryStorage();
        const { journal } = open(storage);
        for (const payload of written) journal.append([payload]);
        const cut = Math.floor(share * storage.size(0));
        storage.truncate(0, cut);
        const complete = ends(written).filter((end) => end <= cut).length;
        const again = open(storage);
        expect(again.entries).toHaveLength(complete);
        const whole = complete === 0 ? segmentHeaderBytes : (ends(written)[complete - 1] ?? 0);
        expect(again.truncatedBytes).toBe(cut < segmentHeaderBytes ? cut : cut - whole);
        again.journal.append([Buffer.from('after')]);
        expect(open(storage).entries.at(-1)).toBe(Buffer.from('after').toString('hex'));
      }),
    );
  });

  test('a flipped bit is never read: the last record is cut off and reported, any other is refused', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), fc.integer({ min: 0, max: 7 }), (written, where, bit) => {
        const storage = new MemoryStorage();
        const { journal } = open(storage);
        for (const payload of written) journal.append([payload]);
        const bytes = Buffer.from(storage.bytes(0));
        const at = where % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
        storage.segments.set(0, bytes);
        const lastBegins = ends(written).at(-2) ?? segmentHeaderBytes;
        if (at < lastBegins) {
          expect(reasonOf(() => open(storage))).toBe('corrupt');
          return;
        }
        const again = open(storage);
        expect(again.entries).toHaveLength(written.length - 1);
        expect(again.truncatedBytes).toBe(bytes.length - lastBegins);
      }),
    );
  });

  test('damage in a segment that others follow is refused, a missing segment too', () => {
    const storage = new MemoryStorage();
    const { journal } = open(storage, { segmentBytes: 120 });
    for (let index = 0; index < 6; index += 1) journal.append([Buffer.alloc(40, index)]);
    expect(storage.list().length).toBeGreaterThan(2);
    const cut = MemoryStorage.copyOf(storage);
    cut.truncate(1, cut.size(1) - 1);
    expect(reasonOf(() => open(cut, { segmentBytes: 120 }))).toBe('corrupt');
    const gap = MemoryStorage.copyOf(storage);
    gap.segments.delete(1);
    expect(reasonOf(() => open(gap, { segmentBytes: 120 }))).toBe('corrupt');
  });

  test('a message that looks like a record does not turn a torn tail into damage', () => {
    const storage = new MemoryStorage();
    const { journal } = open(storage);
    journal.append([Buffer.from('first')]);
    const forged = new MemoryStorage();
    Journal.open(
      forged,
      {
        fsync: { kind: 'never' },
        segmentBytes: 4096,
        salt: () => 1,
        onFailure: () => {},
        keeps: keepsAll,
      },
      () => {},
    ).journal.append([Buffer.from('forged')]);
    journal.append([forged.bytes(0).subarray(segmentHeaderBytes), Buffer.alloc(50)]);
    storage.truncate(0, storage.size(0) - 10);
    expect(open(storage).entries).toHaveLength(1);
  });
});

describe('a full disk', () => {
  test('refuses the entry, keeps those before it, and takes entries again when there is room', () => {
    const storage = new MemoryStorage();
    const { journal } = open(storage);
    journal.append([Buffer.from('kept')]);
    storage.room = 30;
    expect(reasonOf(() => journal.append([Buffer.alloc(50)]))).toBe('append-failed');
    expect(open(MemoryStorage.copyOf(storage)).truncatedBytes).toBe(0);
    storage.room = 1000;
    journal.append([Buffer.from('later')]);
    expect(open(storage).entries.map((hex) => Buffer.from(hex, 'hex').toString())).toEqual([
      'kept',
      'later',
    ]);
  });

  test('that strikes in the middle of a new segment leaves no segment without its header', () => {
    const storage = new MemoryStorage();
    const { journal } = open(storage, { segmentBytes: 128 });
    journal.append([Buffer.alloc(70)]);
    storage.room = 10;
    expect(reasonOf(() => journal.append([Buffer.alloc(70)]))).toBe('append-failed');
    storage.room = 1000;
    journal.append([Buffer.alloc(70)]);
    expect(open(storage, { segmentBytes: 128 }).entries).toHaveLength(2);
  });

  test('an entry larger than a segment is refused as such', () => {
    const { journal } = open(new MemoryStorage(), { segmentBytes: 100 });
    expect(reasonOf(() => journal.append([Buffer.alloc(100)]))).toBe('too-large');
  });
});

describe('the fsync policy', () => {
  test('never: an entry is committed as soon as it is written', () => {
    const { journal } = open(new MemoryStorage());
    let committed = false;
    journal.when(journal.append([Buffer.from('x')]).index, 'committed', () => {
      committed = true;
    });
    expect(committed).toBe(true);
  });

  test('every-batch: entries are committed in order, when a sync that began after them has ended', () => {
    const storage = new MemoryStorage();
    const { journal } = open(storage, { fsync: { kind: 'every-batch' } });
    storage.held = [];
    const committed: number[] = [];
    for (let index = 0; index < 3; index += 1) {
      const { index: entry } = journal.append([Buffer.from('x')]);
      journal.when(entry, 'committed', () => committed.push(entry));
    }
    expect(committed).toEqual([]);
    storage.held.splice(0).forEach((done) => done(null));
    expect(committed).toEqual([0]);
    storage.held.splice(0).forEach((done) => done(null));
    expect(committed).toEqual([0, 1, 2]);
  });

  test('every-batch: nothing is committed after a failed sync, and the journal takes nothing more', () => {
    const storage = new MemoryStorage();
    const failures: string[] = [];
    const { journal } = open(storage, {
      fsync: { kind: 'every-batch' },
      onFailure: (error) => failures.push(error.reason),
    });
    storage.held = [];
    let committed = false;
    journal.when(journal.append([Buffer.from('x')]).index, 'committed', () => {
      committed = true;
    });
    storage.held.splice(0).forEach((done) => done(new Error('I/O error')));
    expect(committed).toBe(false);
    expect(failures).toEqual(['sync-failed']);
    expect(reasonOf(() => journal.append([Buffer.from('y')]))).toBe('sync-failed');
  });

  test('interval: a sync begins once per interval, and only when there is something to sync', () => {
    const storage = new MemoryStorage();
    const { journal } = open(storage, { fsync: { kind: 'interval', everyMs: 100 } });
    storage.held = [];
    journal.append([Buffer.from('x')]);
    journal.tick(1000);
    expect(storage.held).toHaveLength(1);
    storage.held.splice(0).forEach((done) => done(null));
    journal.append([Buffer.from('y')]);
    journal.tick(1099);
    expect(storage.held).toHaveLength(0);
    journal.tick(1100);
    expect(storage.held).toHaveLength(1);
    storage.held.splice(0).forEach((done) => done(null));
    journal.tick(1300);
    expect(storage.held).toHaveLength(0);
  });
});
