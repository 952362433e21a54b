import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EntryAddress, JournalError } from '../../../engines/embedded/journal/commit-log.ts';
import { type FsyncPolicy, Journal } from '../../../engines/embedded/journal/journal.ts';
import { segmentHeaderBytes } from '../../../engines/embedded/journal/record.ts';
import { keepsAll } from '../../../engines/embedded/rules.ts';
import { randomFrom } from '../../../harness/core/random.ts';
import { Agenda } from '../../../harness/simulate/world/agenda.ts';
import { Disk } from '../../../harness/simulate/world/disk.ts';
import { MemoryStorage } from './memory-storage.ts';

const segmentBytes = 128;
const policies = ['never', 'interval', 'every-batch'] as const;

interface Written {
  readonly text: string;
  readonly address: EntryAddress;
  /** What the record says of how far syncs had come. */
  readonly synced: number;
}

/** A journal on the simulator's disk: time passes, power goes, bits flip. */
class Machine {
  readonly agenda = new Agenda();
  readonly disk: Disk;
  readonly #fsync: FsyncPolicy;
  readonly #salts;
  #journal: Journal | undefined;
  written: Written[] = [];
  /** Entries below it survive whatever happens. */
  durable = 0;
  #hasLostPower = false;

  constructor(seed: number, policy: (typeof policies)[number]) {
    this.disk = new Disk(this.agenda, randomFrom(seed));
    this.#salts = randomFrom(seed).fork('salts');
    this.#fsync = policy === 'interval' ? { kind: policy, everyMs: 3 } : { kind: policy };
  }

  open(): { readonly entries: readonly string[]; readonly truncatedBytes: number } {
    const entries: string[] = [];
    const options = {
      fsync: this.#fsync,
      segmentBytes,
      salt: () => this.#salts.uint32(),
      onFailure: () => {},
      keeps: keepsAll,
      mayHaveLostPower: this.#hasLostPower,
    };
    const opened = Journal.open(this.disk, options, (payload) => entries.push(payload.toString()));
    this.#journal = opened.journal;
    this.#hasLostPower = false;
    this.written.length = entries.length;
    return { entries, truncatedBytes: opened.truncatedBytes };
  }

  append(text: string, isNeeded: boolean): void {
    const synced = this.#journal?.syncedIndex ?? 0;
    const address = this.#journal?.append([Buffer.from(text)]);
    if (address === undefined) return;
    this.written.push({ text, address, synced });
    if (!isNeeded) return;
    const { index } = address;
    this.#journal?.when(index, 'durable', () => {
      this.durable = Math.max(this.durable, index + 1);
    });
  }

  pass(ms: number): void {
    const endNs = this.agenda.nowNs + ms * 1e6;
    this.agenda.run(endNs);
    this.#journal?.tick(endNs / 1e6);
  }

  losePower(): void {
    this.disk.losePower();
    this.#hasLostPower = true;
  }

  /** Entries of which a record that was synced itself says that they had been. */
  get attested(): number {
    return Math.max(0, ...this.written.slice(0, this.durable).map(({ synced }) => synced));
  }

  flip({ segment, position }: { segment: number; position: number }, bit: number): void {
    const bytes = Buffer.alloc(this.disk.size(segment));
    this.disk.read(segment, 0, bytes);
    bytes.writeUInt8(bytes.readUInt8(position) ^ (1 << bit), position);
    this.disk.truncate(segment, 0);
    this.disk.append(segment, [bytes]);
  }
}

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ text: fc.string({ maxLength: 60 }), need: fc.boolean() }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 10 }) },
);
const life = fc.array(step, { minLength: 1, maxLength: 30 });
const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

function live(machine: Machine, steps: readonly ({ text: string; need: boolean } | number)[]) {
  for (const each of steps) {
    if (typeof each === 'number') machine.pass(each);
    else machine.append(each.text, each.need);
  }
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

const texts = (written: readonly Written[]): string[] => written.map(({ text }) => text);

describe('a machine that loses its power', () => {
  test('keeps all that was synced, and of the rest a part in front, life after life', () => {
    let torn = 0;
    let later = 0;
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom(...policies),
        fc.array(life, { minLength: 1, maxLength: 4 }),
        (seed, policy, lives) => {
          const machine = new Machine(seed, policy);
          machine.open();
          for (const steps of lives) {
            live(machine, steps);
            const before = texts(machine.written);
            machine.losePower();
            const segments = machine.disk.list().length;
            const { entries, truncatedBytes } = machine.open();
            expect(entries).toEqual(before.slice(0, entries.length));
            expect(entries.length).toBeGreaterThanOrEqual(machine.durable);
            if (truncatedBytes > 0) torn += 1;
            if (segments - machine.disk.list().length > 0) later += 1;
          }
        },
      ),
      { numRuns: 400 },
    );
    // Otherwise the disk was too kind for the test to say anything.
    expect(torn).toBeGreaterThan(50);
    expect(later).toBeGreaterThan(20);
  });

  test('refuses a flipped bit in what had been synced as its own records say, wherever it is', () => {
    let flips = 0;
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom(...policies),
        life,
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (seed, policy, steps, where, bit) => {
          const machine = new Machine(seed, policy);
          machine.open();
          live(machine, steps);
          const { attested, written } = machine;
          machine.losePower();
          if (attested === 0) return;
          const { segment, position, length } = written[attested - 1]?.address ?? firstAddress;
          const isInFirst = where % (segment + 1) < segment;
          const end = isInFirst ? machine.disk.size(where % (segment + 1)) : position + length;
          const at = { segment: where % (segment + 1), position: where % end };
          machine.flip(at, bit);
          flips += 1;
          expect(reasonOf(() => machine.open())).toBe('corrupt');
        },
      ),
      { numRuns: 800 },
    );
    expect(flips).toBeGreaterThan(50);
  });

  test('never reads a flipped bit: what it does not refuse is a part in front of what was written', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom(...policies),
        life,
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (seed, policy, steps, where, bit) => {
          const machine = new Machine(seed, policy);
          machine.open();
          live(machine, steps);
          const before = texts(machine.written);
          machine.losePower();
          const segments = machine.disk.list().filter((segment) => machine.disk.size(segment) > 0);
          const segment = segments[where % Math.max(1, segments.length)];
          if (segment === undefined) return;
          machine.flip({ segment, position: where % machine.disk.size(segment) }, bit);
          let entries: readonly string[] = [];
          const reason = reasonOf(() => {
            ({ entries } = machine.open());
          });
          if (reason === 'corrupt') return;
          expect(entries).toEqual(before.slice(0, entries.length));
        },
      ),
      { numRuns: 400 },
    );
  });
});

const firstAddress = { segment: 0, position: segmentHeaderBytes, length: 0 };

describe('a journal whose process alone has died', () => {
  function twoSegments(): MemoryStorage {
    const storage = new MemoryStorage();
    const journal = openOn(storage, false).journal;
    // None of its syncs ends.
    storage.held = [];
    for (const text of ['a', 'b', 'c']) journal.append([Buffer.alloc(20, text)]);
    expect(storage.list()).toEqual([0, 1]);
    return storage;
  }

  function openOn(storage: MemoryStorage, mayHaveLostPower: boolean) {
    const options = { fsync: { kind: 'never' }, segmentBytes, salt: () => 7 } as const;
    const entries: string[] = [];
    const more = { onFailure: () => {}, keeps: keepsAll, mayHaveLostPower };
    const opened = Journal.open(storage, { ...options, ...more }, (payload) =>
      entries.push(payload.toString()),
    );
    return { ...opened, entries };
  }

  test('is refused where one that lost its power is cut off: nothing of it can be torn in the middle', () => {
    const storage = twoSegments();
    const damaged = Buffer.from(storage.bytes(0));
    damaged.writeUInt8(damaged.readUInt8(40) ^ 1, 40);
    storage.segments.set(0, damaged);
    const copy = MemoryStorage.copyOf(storage);
    expect(() => openOn(storage, false)).toThrow(/segment 0 is damaged, and an intact record/);
    const { entries, truncatedBytes } = openOn(copy, true);
    expect(entries).toEqual([]);
    expect(truncatedBytes).toBe(storage.size(0) - segmentHeaderBytes + storage.size(1));
    expect(copy.list()).toEqual([0]);
  });

  test('is refused when a segment in the middle is missing, and one that lost its power ends before it', () => {
    const storage = twoSegments();
    storage.segments.set(1, Buffer.from(storage.bytes(1).subarray(0, 10)));
    const copy = MemoryStorage.copyOf(storage);
    copy.segments.set(2, Buffer.from(storage.bytes(0)));
    expect(() => openOn(copy, false)).toThrow(/segment 1 has a damaged header, and later segments/);
    expect(openOn(storage, false).truncatedBytes).toBe(10);
  });
});
