import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { emptyEvent } from '../../../harness/core/events.ts';
import { readEvent } from '../../../harness/core/event-codec.ts';
import { createRing, RingWriter } from '../../../harness/history/ring.ts';
import { RingReader } from '../../../harness/history/ring-reader.ts';
import { event } from './arbitrary-event.ts';
import { MemoryDisk } from './memory-disk.ts';

/**
 * Two threads are simulated in one: every atomic operation and every disk access of the one side is a
 * point where the other side may run whole steps. The schedule says how many; -1 terminates the writer
 * there and then.
 */
class TwoThreads {
  readonly taken: number[] = [];
  readonly finished: number[] = [];
  readonly #writer: RingWriter;
  readonly #reader: RingReader;
  readonly #schedule: Iterator<number>;
  #appending = false;
  #reading = false;
  #terminated = false;
  #seq = 0;

  constructor(capacity: number, staging: number, block: number, schedule: readonly number[]) {
    const disk = new MemoryDisk();
    const handle = createRing(capacity, '/spill', staging);
    this.#writer = new RingWriter(handle, disk);
    this.#reader = new RingReader(handle, disk, block);
    this.#schedule = schedule[Symbol.iterator]();
    disk.beforeWrite = () => this.#point();
    disk.beforeRead = () => this.#point();
    aroundAtomics(() => this.#point());
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step += 1) {
      const next = this.#schedule.next();
      if (next.done === true) break;
      if (next.value % 2 === 0) this.#append();
      else this.#refill();
    }
    this.#drain();
  }

  #point(): void {
    if (this.#terminated && this.#appending && !this.#reading) throw new Terminated();
    if (this.#appending && this.#reading) return;
    const next = this.#schedule.next();
    if (next.done === true) return;
    if (next.value < 0 && this.#appending) {
      this.#terminated = true;
      throw new Terminated();
    }
    for (let n = 0; n < next.value; n += 1) {
      if (this.#appending) this.#refill();
      else this.#append();
    }
  }

  #append(): void {
    if (this.#terminated || this.#appending) return;
    this.#appending = true;
    try {
      this.#writer.append(event(1, this.#seq, this.#seq));
      if (!this.#terminated) this.finished.push(this.#seq);
      this.#seq += 1;
    } catch (error) {
      if (!(error instanceof Terminated)) throw error;
    } finally {
      this.#appending = false;
    }
  }

  #refill(): number {
    if (this.#reading) return 0;
    this.#reading = true;
    const count = this.#reader.refill();
    const copy = emptyEvent();
    for (let index = 0; index < count; index += 1) {
      readEvent(this.#reader.block, index, copy);
      expect(copy.timeNs).toBe(copy.seq);
      this.taken.push(copy.seq);
    }
    this.#reading = false;
    return count;
  }

  #drain(): void {
    let idle = 0;
    while (idle < 2) idle = this.#refill() === 0 ? idle + 1 : 0;
  }
}

function aroundAtomics(point: () => void): void {
  const { load, store } = Atomics;
  vi.spyOn(Atomics, 'load').mockImplementation((array, index) => {
    point();
    const loaded = load(array, index);
    point();
    return loaded;
  });
  vi.spyOn(Atomics, 'store').mockImplementation((array, index, value) => {
    point();
    const stored = store(array, index, value);
    point();
    return stored;
  });
}

class Terminated extends Error {}

const small = fc.integer({ min: 1, max: 4 });

function schedules(lowest: number): fc.Arbitrary<number[]> {
  const quiet = { arbitrary: fc.constant(0), weight: 6 };
  const busy = { arbitrary: fc.integer({ min: 1, max: 6 }), weight: 3 };
  const end = { arbitrary: fc.constant(-1), weight: 1 };
  const step = lowest < 0 ? fc.oneof(quiet, busy, end) : fc.oneof(quiet, busy);
  return fc.array(step, { maxLength: 300, size: 'max' });
}

describe('writer and reader of a ring, interleaved at every atomic step', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('lose nothing, repeat nothing and keep the order, at any capacity', () => {
    let spilledRuns = 0;
    fc.assert(
      fc.property(small, small, small, schedules(0), (capacity, staging, block, schedule) => {
        const threads = new TwoThreads(capacity, staging, block, schedule);
        threads.run(200);
        vi.restoreAllMocks();
        expect(threads.taken).toEqual(threads.finished);
        if (threads.taken.length > capacity) spilledRuns += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(spilledRuns).toBeGreaterThan(100);
  });

  it('a terminated writer leaves every finished append and at most the one it was in, whole', () => {
    fc.assert(
      fc.property(small, small, small, schedules(-1), (capacity, staging, block, schedule) => {
        const threads = new TwoThreads(capacity, staging, block, schedule);
        threads.run(200);
        vi.restoreAllMocks();
        const { taken, finished } = threads;
        expect(taken.slice(0, finished.length)).toEqual(finished);
        expect(taken.length - finished.length).toBeLessThanOrEqual(1);
        expect(taken).toEqual(taken.map((_, index) => index));
      }),
      { numRuns: 2_000 },
    );
  });
});
