import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Journal } from '../../../engines/embedded/journal/journal.ts';
import { TieredStorage } from '../../../engines/embedded/journal/tiered-storage.ts';
import { keepsAll } from '../../../engines/embedded/rules.ts';
import { MemoryStorage } from './memory-storage.ts';

const segmentBytes = 128;
const localBytes = 300;

function tieredOf(local: MemoryStorage, tier: MemoryStorage, failures: unknown[] = []) {
  const onFailure = (error: unknown): void => void failures.push(error);
  return new TieredStorage(local, tier, { localBytes, pieceBytes: 50, onFailure });
}

function openOn(storage: TieredStorage): { readonly journal: Journal; readonly entries: string[] } {
  const entries: string[] = [];
  const options = { fsync: { kind: 'never' }, segmentBytes, salt: () => 7 } as const;
  const { journal } = Journal.open(
    storage,
    { ...options, onFailure: () => {}, keeps: keepsAll },
    (payload) => entries.push(payload.toString()),
  );
  return { journal, entries };
}

function moveAll(storage: TieredStorage): void {
  for (let calls = 0; calls < 1000; calls += 1) storage.move();
}

const localBytesOf = (local: MemoryStorage): number =>
  local.list().reduce((sum, segment) => sum + local.size(segment), 0);

describe('a disk whose older segments lie on another one', () => {
  test('keeps no more here than it should, and reads what was written wherever it is', () => {
    const [local, tier] = [new MemoryStorage(), new MemoryStorage()];
    const storage = tieredOf(local, tier);
    const { journal } = openOn(storage);
    const written = Array.from({ length: 40 }, (_, at) => {
      const text = `entry ${at}`.padEnd(60, '.');
      return { text, address: journal.append([Buffer.from(text)]) };
    });
    moveAll(storage);
    expect(localBytesOf(local)).toBeLessThanOrEqual(localBytes);
    expect(tier.list().length).toBeGreaterThan(30);
    for (const { text, address } of written) expect(journal.read(address).toString()).toBe(text);
    expect(storage.tierReads).toBe(tier.list().length);
    expect(openOn(tieredOf(local, tier)).entries).toEqual(written.map(({ text }) => text));
  });

  test('has after a crash at any step exactly one copy of every segment, and every entry', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.nat(40),
        fc.boolean(),
        (count, steps, ends) => {
          const [local, tier] = [new MemoryStorage(), new MemoryStorage()];
          const storage = tieredOf(local, tier);
          const { journal } = openOn(storage);
          const texts = Array.from({ length: count }, (_, at) => `entry ${at}`.padEnd(60, '.'));
          for (const text of texts) journal.append([Buffer.from(text)]);
          tier.held = [];
          for (let step = 0; step < steps; step += 1) {
            storage.move();
            if (step < steps - 1 || ends) tier.held.splice(0).forEach((done) => done(null));
          }
          const [after, afterTier] = [MemoryStorage.copyOf(local), MemoryStorage.copyOf(tier)];
          const again = tieredOf(after, afterTier);
          expect(openOn(again).entries).toEqual(texts);
          const both = [...after.list(), ...afterTier.list()];
          expect(both.toSorted((a, b) => a - b)).toEqual(
            [...new Set(both)].toSorted((a, b) => a - b),
          );
        },
      ),
    );
  });

  test('stays whole when the other disk is full, and goes on when it has room', () => {
    const [local, tier] = [new MemoryStorage(), new MemoryStorage()];
    const failures: unknown[] = [];
    const storage = tieredOf(local, tier, failures);
    const { journal } = openOn(storage);
    for (let at = 0; at < 10; at += 1) journal.append([Buffer.alloc(60, `${at}`)]);
    tier.room = 120;
    moveAll(storage);
    expect(failures.length).toBeGreaterThan(0);
    expect(
      openOn(tieredOf(MemoryStorage.copyOf(local), MemoryStorage.copyOf(tier))).entries,
    ).toHaveLength(10);
    tier.room = Number.POSITIVE_INFINITY;
    moveAll(storage);
    expect(localBytesOf(local)).toBeLessThanOrEqual(localBytes);
  });

  test('gives up the copy of a segment that is removed or cut in the meantime', () => {
    const [local, tier] = [new MemoryStorage(), new MemoryStorage()];
    const storage = tieredOf(local, tier);
    const { journal } = openOn(storage);
    for (let at = 0; at < 10; at += 1) journal.append([Buffer.alloc(60, `${at}`)]);
    storage.move();
    expect(tier.list()).toEqual([0]);
    storage.remove(0);
    expect(tier.list()).toEqual([]);
    expect(storage.list()).not.toContain(0);
  });
});
