import { invariant } from '../core/errors.ts';

/**
 * Sends without an outcome, in preallocated arrays: nothing is allocated per message, and memory is
 * bounded whatever the engine does. A ticket names its slot by its low bits and is unique for 2^32 sends;
 * slots are handed out in turn, so one that never settles holds up nobody but itself.
 */
export class InFlight {
  readonly capacity: number;
  readonly intendedNs: Float64Array;
  readonly sentNs: Float64Array;
  readonly lane: Uint32Array;
  readonly seq: Uint32Array;
  readonly attempt: Uint16Array;
  /** Index in the schedule, which tells warm-up from the rest and gives resends their order. */
  readonly index: Float64Array;
  readonly ticket: Uint32Array;
  /** Where the body's memory came from; see `BodySlabs`. */
  readonly slab: Uint32Array;
  readonly #mask: number;
  readonly #open: Uint8Array;
  readonly #free: Uint32Array;
  #head = 0;
  #outstanding = 0;

  /** @param capacity a power of two */
  constructor(capacity: number) {
    invariant(capacity > 0 && (capacity & (capacity - 1)) === 0, 'the capacity is a power of two');
    this.capacity = capacity;
    this.#mask = capacity - 1;
    this.intendedNs = new Float64Array(capacity);
    this.sentNs = new Float64Array(capacity);
    this.lane = new Uint32Array(capacity);
    this.seq = new Uint32Array(capacity);
    this.attempt = new Uint16Array(capacity);
    this.index = new Float64Array(capacity);
    this.ticket = new Uint32Array(capacity);
    this.slab = new Uint32Array(capacity);
    this.#open = new Uint8Array(capacity);
    this.#free = new Uint32Array(capacity);
    for (let slot = 0; slot < capacity; slot += 1) {
      this.#free[slot] = slot;
      this.ticket[slot] = slot;
    }
  }

  get outstanding(): number {
    return this.#outstanding;
  }

  get room(): number {
    return this.capacity - this.#outstanding;
  }

  /** The caller fills the slot's fields; its ticket is set. */
  take(): number {
    invariant(this.#outstanding < this.capacity, 'a slot is free');
    const slot = this.#free[this.#head & this.#mask] as number;
    this.#head = (this.#head + 1) | 0;
    this.#outstanding += 1;
    this.#open[slot] = 1;
    return slot;
  }

  /** Takes a slot for one attempt of a message; times on the run's clock. */
  put(
    index: number,
    lane: number,
    seq: number,
    attempt: number,
    intendedNs: number,
    sentNs: number,
  ): number {
    const slot = this.take();
    this.index[slot] = index;
    this.lane[slot] = lane;
    this.seq[slot] = seq;
    this.attempt[slot] = attempt;
    this.intendedNs[slot] = intendedNs;
    this.sentNs[slot] = sentNs;
    return slot;
  }

  /** The slot of an open ticket, or -1: never issued, or settled before. */
  find(ticket: number): number {
    const slot = ticket & this.#mask;
    return this.#open[slot] === 1 && this.ticket[slot] === ticket ? slot : -1;
  }

  release(slot: number): void {
    this.#free[(this.#head + this.capacity - this.#outstanding) & this.#mask] = slot;
    this.#outstanding -= 1;
    this.#open[slot] = 0;
    this.ticket[slot] = (this.ticket[slot] as number) + this.capacity;
  }

  /** Slots still open, in no order; the caller may release each as it is given. */
  *openSlots(): Generator<number> {
    for (let slot = 0; slot < this.capacity; slot += 1) {
      if (this.#open[slot] === 1) yield slot;
    }
  }
}

/** Enough for the load, and at most 262,144: two and a half seconds of silence at 100,000 a second. */
export function inFlightCapacity(messages: number): number {
  let capacity = 1_024;
  while (capacity < messages && capacity < 262_144) capacity *= 2;
  return capacity;
}
