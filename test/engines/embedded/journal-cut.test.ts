import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EntryAddress } from '../../../engines/embedded/journal/commit-log.ts';
import { type FsyncPolicy, Journal } from '../../../engines/embedded/journal/journal.ts';
import { keepsAll } from '../../../engines/embedded/rules.ts';
import { MemoryStorage } from './memory-storage.ts';

function open(
  storage: MemoryStorage,
  kind: 'never' | 'every-batch' = 'never',
): { readonly journal: Journal; readonly entries: string[] } {
  const entries: string[] = [];
  const fsync: FsyncPolicy = { kind };
  const { journal } = Journal.open(
    storage,
    { fsync, segmentBytes: 128, salt: () => 7, onFailure: () => {}, keeps: keepsAll },
    (payload) => entries.push(payload.toString()),
  );
  return { journal, entries };
}

function append(journal: Journal, what: string): EntryAddress {
  return journal.append([Buffer.from(what)]);
}

const texts = fc.array(fc.string({ maxLength: 40 }), { minLength: 1, maxLength: 20 });

describe('a journal that is cut', () => {
  test('holds what stood before, and what is written afterwards, over any number of segments', () => {
    fc.assert(
      fc.property(texts, texts, fc.nat(), (first, second, choice) => {
        const storage = new MemoryStorage();
        const { journal } = open(storage);
        const addresses = first.map((text) => append(journal, text));
        const at = choice % first.length;
        const from = addresses[at];
        if (from === undefined) return;
        journal.cutFrom(from);
        expect(journal.nextIndex).toBe(at);
        for (const text of second) append(journal, text);
        expect(open(storage).entries).toEqual([...first.slice(0, at), ...second]);
      }),
    );
  });

  test('tells nobody of an entry that it has taken back, whatever comes to stand there', () => {
    const storage = new MemoryStorage();
    storage.held = [];
    const { journal } = open(storage, 'every-batch');
    const told: string[] = [];
    append(journal, 'kept');
    const taken = append(journal, 'taken back');
    journal.when(taken.index, 'committed', () => told.push('taken back'));
    journal.cutFrom(taken);
    const other = append(journal, 'other');
    journal.when(other.index, 'committed', () => told.push('other'));
    while (storage.held.length > 0) storage.held.shift()?.(null);
    expect(told).toEqual(['other']);
  });

  test('does not take a sync that ran then for one of what is written afterwards', () => {
    const storage = new MemoryStorage();
    const { journal } = open(storage, 'every-batch');
    append(journal, 'kept');
    storage.held = [];
    const taken = append(journal, 'taken back');
    journal.cutFrom(taken);
    append(journal, 'other');
    storage.held.shift()?.(null);
    expect(journal.storedIndex).toBe(1);
    storage.held.shift()?.(null);
    expect(journal.storedIndex).toBe(2);
  });

  test('takes nothing any more when the disk refuses the cut', () => {
    const storage = new MemoryStorage();
    const { journal } = open(storage);
    const taken = append(journal, 'to be taken back');
    storage.truncate = () => {
      throw new Error('I/O error');
    };
    expect(() => journal.cutFrom(taken)).toThrow('I/O error');
    expect(() => append(journal, 'other')).toThrow('cannot be cut');
  });
});
