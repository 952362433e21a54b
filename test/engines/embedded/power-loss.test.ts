import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileStorage } from '../../../engines/embedded/host/file-storage.ts';
import { bytesNotSynced, loseUnsynced } from '../../../engines/embedded/host/synced-lengths.ts';
import { type FsyncPolicy, Journal } from '../../../engines/embedded/journal/journal.ts';
import { keepsAll } from '../../../engines/embedded/rules.ts';
import { MemoryStorage } from './memory-storage.ts';

describe('a power loss of a real directory', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ackmark-power-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const sizeOf = (segment: number): number =>
    statSync(join(directory, `${String(segment).padStart(12, '0')}.journal`)).size;
  const synced = (storage: FileStorage, segment: number): Promise<void> =>
    new Promise((resolve, reject) => {
      storage.sync(segment, (error) => (error ? reject(error) : resolve()));
    });

  it('takes what no sync had covered, of every segment, and tells how much', async () => {
    const storage = new FileStorage(directory);
    storage.create(0);
    storage.append(0, [Buffer.alloc(100)]);
    await synced(storage, 0);
    storage.append(0, [Buffer.alloc(30)]);
    storage.create(1);
    storage.append(1, [Buffer.alloc(7)]);
    storage.close();
    expect(bytesNotSynced(directory)).toBe(37);
    expect(loseUnsynced(directory)).toBe(37);
    expect(bytesNotSynced(directory)).toBe(0);
    expect([sizeOf(0), sizeOf(1)]).toEqual([100, 0]);
    expect(loseUnsynced(directory)).toBe(0);
  });

  it('takes nothing that an earlier life of the broker had synced', async () => {
    const first = new FileStorage(directory);
    first.create(0);
    first.append(0, [Buffer.alloc(100)]);
    await synced(first, 0);
    first.close();
    const second = new FileStorage(directory);
    second.append(0, [Buffer.alloc(5)]);
    second.close();
    expect(loseUnsynced(directory)).toBe(5);
    expect(sizeOf(0)).toBe(100);
  });

  it('takes new bytes that stand where old ones had been synced and cut off', async () => {
    const storage = new FileStorage(directory);
    storage.create(0);
    storage.append(0, [Buffer.alloc(100)]);
    await synced(storage, 0);
    storage.truncate(0, 60);
    storage.append(0, [Buffer.alloc(40)]);
    storage.close();
    expect(loseUnsynced(directory)).toBe(40);
    expect(sizeOf(0)).toBe(60);
  });

  it('takes new bytes that stand where a sync that was under way found others, now cut off', async () => {
    const storage = new FileStorage(directory);
    storage.create(0);
    storage.append(0, [Buffer.alloc(100)]);
    const sync = synced(storage, 0);
    storage.truncate(0, 60);
    storage.append(0, [Buffer.alloc(40)]);
    await sync;
    storage.close();
    expect(loseUnsynced(directory)).toBe(40);
  });

  it('takes all of a segment that was removed and begun again, also while a sync of it was under way', async () => {
    const storage = new FileStorage(directory);
    storage.create(0);
    storage.append(0, [Buffer.alloc(100)]);
    const sync = synced(storage, 0);
    storage.remove(0);
    expect(storage.list()).toEqual([]);
    storage.create(0);
    storage.append(0, [Buffer.alloc(30)]);
    await sync;
    storage.close();
    expect(loseUnsynced(directory)).toBe(30);
  });

  it('covers with a sync only what had been written when it began', async () => {
    const storage = new FileStorage(directory);
    storage.create(0);
    storage.append(0, [Buffer.alloc(10)]);
    const sync = synced(storage, 0);
    storage.append(0, [Buffer.alloc(90)]);
    await sync;
    storage.close();
    expect(loseUnsynced(directory)).toBe(90);
  });
});

describe('the journal', () => {
  const open = (storage: MemoryStorage, fsync: FsyncPolicy): Journal =>
    Journal.open(
      storage,
      { fsync, segmentBytes: 4_096, salt: () => 1, onFailure: () => {}, keeps: keepsAll },
      () => {},
    ).journal;
  const held = (storage: MemoryStorage): ((error: unknown) => void)[] => {
    storage.held = [];
    return storage.held;
  };

  it('makes an entry durable under a policy that never syncs, when somebody needs it so', () => {
    const storage = new MemoryStorage();
    const journal = open(storage, { kind: 'never' });
    const syncs = held(storage);
    const { index } = journal.append([Buffer.from('topic')]);
    let isDurable = false;
    journal.when(index, 'durable', () => {
      isDurable = true;
    });
    expect(isDurable).toBe(false);
    syncs.shift()?.(undefined);
    expect(isDurable).toBe(true);
  });

  it('syncs again for an entry that came while a sync was under way', () => {
    const storage = new MemoryStorage();
    const journal = open(storage, { kind: 'never' });
    const syncs = held(storage);
    const durable: string[] = [];
    for (const name of ['first', 'second']) {
      const { index } = journal.append([Buffer.from(name)]);
      journal.when(index, 'durable', () => durable.push(name));
    }
    syncs.shift()?.(undefined);
    expect(durable).toEqual(['first']);
    syncs.shift()?.(undefined);
    expect(durable).toEqual(['first', 'second']);
    expect(syncs).toEqual([]);
  });

  it('does not call what a dead process left committed before a sync has covered it', () => {
    const storage = new MemoryStorage();
    open(storage, { kind: 'never' }).append([Buffer.from('left behind')]);
    const syncs = held(storage);
    const journal = open(storage, { kind: 'every-batch' });
    let isCommitted = false;
    journal.when(0, 'committed', () => {
      isCommitted = true;
    });
    expect(isCommitted).toBe(false);
    syncs.shift()?.(undefined);
    expect(isCommitted).toBe(true);
  });
});
