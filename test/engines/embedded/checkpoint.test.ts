import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchStore, type StoredBatch } from '../../../engines/embedded/journal/batch-store.ts';
import { type EntryAddress, JournalError } from '../../../engines/embedded/journal/commit-log.ts';
import { Journal } from '../../../engines/embedded/journal/journal.ts';
import { readSlice, writeSlice } from '../../../engines/embedded/journal/slice-bytes.ts';
import { type Checkpointed, type PlaceOf, Space } from '../../../engines/embedded/journal/space.ts';
import { ByteReader, ByteWriter } from '../../../engines/embedded/protocol/bytes.ts';
import { keepsAll } from '../../../engines/embedded/rules.ts';
import { randomFrom } from '../../../harness/core/random.ts';
import { Agenda } from '../../../harness/simulate/world/agenda.ts';
import { Disk } from '../../../harness/simulate/world/disk.ts';

const segmentBytes = 256;
const keys = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
type Key = (typeof keys)[number];

const kinds = ['put', 'delete', 'kept'] as const;

/** The smallest state machine that keeps batches: the last value of a key. */
class Values implements Checkpointed {
  readonly #stored = new Map<Key, StoredBatch>();
  readonly #batches: BatchStore;
  readonly #journal: () => Journal;

  constructor(journal: () => Journal) {
    this.#journal = journal;
    this.#batches = new BatchStore({ read: (slice) => journal().read(slice) }, 0);
  }

  put(key: Key, value: string): EntryAddress {
    const head = headOf('put', key);
    const address = this.#journal().append([head, Buffer.from(value)]);
    this.#put(key, address);
    return address;
  }

  delete(key: Key): EntryAddress {
    const address = this.#journal().append([headOf('delete', key)]);
    this.#stored.delete(key);
    return address;
  }

  replay(payload: Buffer, address: EntryAddress): void {
    const from = new ByteReader(payload);
    const [kind, key] = [kinds[from.u8()], keys[from.u8()] ?? 'a'];
    if (kind === 'put') this.#put(key, address);
    else if (kind === 'delete') this.#stored.delete(key);
    else this.#stored.set(key, this.#batches.kept(readSlice(from)));
  }

  live(): Iterable<StoredBatch> {
    return this.#stored.values();
  }

  *entries(placeOf: PlaceOf): Generator<Buffer> {
    for (const [key, stored] of this.#stored) {
      const to = new ByteWriter().u8(kinds.indexOf('kept')).u8(keys.indexOf(key));
      yield writeSlice(to, placeOf(stored)).finish();
    }
  }

  get values(): Readonly<Record<string, string>> {
    const loaded = [...this.#stored].map(([key, stored]) => [
      key,
      this.#batches.load(stored).toString(),
    ]);
    return Object.fromEntries(loaded);
  }

  #put(key: Key, { segment, position, length }: EntryAddress): void {
    const slice = { segment, position: position + 2, length: length - 2 };
    this.#stored.set(key, this.#batches.add(slice, undefined));
  }
}

const headOf = (kind: (typeof kinds)[number], key: Key): Buffer =>
  new ByteWriter(2).u8(kinds.indexOf(kind)).u8(keys.indexOf(key)).finish();

type Step =
  | { readonly do: 'put'; readonly key: Key; readonly value: string; readonly need: boolean }
  | { readonly do: 'delete'; readonly key: Key }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'room'; readonly bytes: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      key: fc.constantFrom(...keys),
      value: fc.string({ maxLength: 40 }),
      need: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('delete' as const), key: fc.constantFrom(...keys) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 10 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('room' as const),
      bytes: fc.integer({ min: 0, max: 400 }),
    }),
  },
);
const endings = ['kill', 'power'] as const;
const lives = fc.array(
  fc.record({
    steps: fc.array(step, { minLength: 5, maxLength: 60 }),
    end: fc.constantFrom(...endings),
  }),
  { minLength: 1, maxLength: 4 },
);

/** What the values are after each write that was taken, first those of before any. */
class Machine {
  readonly agenda = new Agenda();
  readonly disk: Disk;
  readonly #random;
  #timeNs = 0;
  #journal: Journal | undefined;
  #values: Values | undefined;
  #space: Space | undefined;
  states: Readonly<Record<string, string>>[] = [{}];
  /** The state that survives whatever happens, by its place in `states`. */
  durable = 0;

  constructor(seed: number) {
    this.disk = new Disk(this.agenda, randomFrom(seed));
    this.#random = randomFrom(seed).fork('salts');
  }

  open(mayHaveLostPower: boolean): Readonly<Record<string, string>> {
    const values = new Values(() => {
      if (this.#journal === undefined) throw new Error('not open');
      return this.#journal;
    });
    const options = { fsync: { kind: 'never' }, segmentBytes, keeps: keepsAll } as const;
    this.#journal = Journal.open(
      this.disk,
      { ...options, mayHaveLostPower, salt: () => this.#random.uint32(), onFailure: () => {} },
      (payload, address) => values.replay(payload, address),
    ).journal;
    this.#space = new Space(this.#journal, segmentBytes, values);
    this.#values = values;
    return values.values;
  }

  restart(): void {
    this.disk.loseProcess();
    this.open(false);
  }

  take(step: Step): void {
    if (step.do === 'pass') this.#pass(step.ms);
    else if (step.do === 'room') this.disk.setRoom(step.bytes);
    else this.#write(step);
  }

  /** Also where nothing happens. */
  #pass(ms: number): void {
    this.#timeNs = Math.max(this.#timeNs, this.agenda.nowNs) + ms * 1e6;
    this.agenda.run(this.#timeNs);
  }

  #write(step: Step & { readonly do: 'put' | 'delete' }): void {
    const last = this.states.at(-1) ?? {};
    try {
      this.#space?.tend();
      const { key } = step;
      const { [key]: _, ...others } = last;
      const address =
        step.do === 'put' ? this.#values?.put(key, step.value) : this.#values?.delete(key);
      this.states.push(step.do === 'put' ? { ...others, [key]: step.value } : others);
      const at = this.states.length - 1;
      if (step.do === 'delete' || !step.need) return;
      this.#journal?.when(address?.index ?? 0, 'durable', () => {
        this.durable = Math.max(this.durable, at);
      });
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      this.disk.setRoom(Number.POSITIVE_INFINITY);
    }
  }

  get liveBytes(): number {
    return [...(this.#values?.live() ?? [])].reduce((sum, { length }) => sum + length, 0);
  }

  get diskBytes(): number {
    return this.disk.list().reduce((sum, segment) => sum + this.disk.size(segment), 0);
  }
}

const sorted = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1)));

describe('a state that is written down as checkpoints', () => {
  test('is after a kill the last one, after a power loss a late one, though older segments are gone', () => {
    let begunLater = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), lives, (seed, all) => {
        const machine = new Machine(seed);
        machine.open(false);
        for (const { steps, end } of all) {
          for (const each of steps) machine.take(each);
          machine.disk.setRoom(Number.POSITIVE_INFINITY);
          if (end === 'kill') machine.disk.loseProcess();
          else machine.disk.losePower();
          const found = machine.open(end === 'power');
          const at = machine.states.findLastIndex(
            (state) => JSON.stringify(sorted(state)) === JSON.stringify(sorted(found)),
          );
          if (end === 'kill') expect(found).toEqual(sorted(machine.states.at(-1) ?? {}));
          expect(at).toBeGreaterThanOrEqual(machine.durable);
          machine.states.length = at + 1;
          if ((machine.disk.list()[0] ?? 0) > 0) begunLater += 1;
        }
      }),
      { numRuns: 500 },
    );
    expect(begunLater).toBeGreaterThan(200);
  });

  test('takes no more of the disk than twice what lives, and a few segments', () => {
    const machine = new Machine(1);
    machine.open(false);
    const random = randomFrom(2);
    for (let count = 0; count < 20_000; count += 1) {
      const key = keys[random.below(keys.length)] ?? 'a';
      const value = 'x'.repeat(random.below(60));
      machine.take({ do: 'put', key, value, need: false });
      machine.take({ do: 'pass', ms: 1 });
      if (count % 1000 === 0) machine.restart();
      // A slow sync lets so much come in the meantime; more than a megabyte is written in all.
      expect(machine.diskBytes).toBeLessThan(2 * machine.liveBytes + 200 * segmentBytes);
    }
  });
});
