import { invariant } from '../../core/errors.ts';
import type { LaneSpan } from '../../core/lanes.ts';

interface IndexedSpan extends LaneSpan {
  readonly base: number;
}

/**
 * Registered lanes, numbered densely from 0 in the order of registration, and how far each has been
 * sent. What a broker delivers is looked up here before anything is allocated for it.
 */
export class LaneTable {
  readonly #spans: IndexedSpan[] = [];
  #size = 0;
  #next = new Float64Array(64);
  #ordered = new Uint8Array(64);
  #routes = new Int32Array(64);
  #lastFirst = 0;
  #lastCount = 0;
  #lastBase = 0;
  /** What a lane is called in sentences. */
  readonly nameOf: (lane: number) => string;

  constructor(nameOf: (lane: number) => string = String) {
    this.nameOf = nameOf;
  }

  get size(): number {
    return this.#size;
  }

  add(span: LaneSpan): void {
    const overlaps = this.#spans.some(
      (known) => span.first < known.first + known.count && known.first < span.first + span.count,
    );
    invariant(!overlaps, `lanes ${span.first}..+${span.count} were registered before`);
    this.#spans.push({ ...span, base: this.#size });
    this.#spans.sort((a, b) => a.first - b.first);
    const base = this.#size;
    this.#size += span.count;
    this.#grow();
    this.#ordered.fill(span.ordered ? 1 : 0, base, this.#size);
    this.#routes.fill(span.route, base, this.#size);
  }

  /** @returns the lane's index, or -1 for a lane nobody registered */
  indexOf(lane: number): number {
    const offset = lane - this.#lastFirst;
    if (offset >= 0 && offset < this.#lastCount) return this.#lastBase + offset;
    return this.#search(lane);
  }

  laneOf(index: number): number {
    const span = this.#spans.find(({ base, count }) => index >= base && index < base + count);
    invariant(span !== undefined, `no lane has index ${index}`);
    return span.first + index - span.base;
  }

  isOrdered(index: number): boolean {
    return this.#ordered[index] === 1;
  }

  /** The route number of the lane's messages; -1 without a declared router. */
  routeOf(index: number): number {
    return this.#routes[index] ?? -1;
  }

  /** The seq after the highest one sent: every message below it is in S. */
  nextOf(index: number): number {
    return this.#next[index] ?? 0;
  }

  advance(index: number, next: number): void {
    this.#next[index] = next;
  }

  /** Bits of `word` that were sent. */
  sentMask(index: number, word: number): number {
    return sentMask(this.#next[index] ?? 0, word);
  }

  /** A copy of how far each lane has been sent. */
  nexts(): Float64Array {
    return this.#next.slice(0, this.#size);
  }

  wordsOf(index: number): number {
    return Math.ceil((this.#next[index] ?? 0) / 32);
  }

  /** Every 32 messages that were sent, lane by lane: how a check looks at its planes in the end. */
  eachWord(visit: (lane: number, word: number) => void): void {
    for (let lane = 0; lane < this.#size; lane += 1) {
      const words = this.wordsOf(lane);
      for (let word = 0; word < words; word += 1) visit(lane, word);
    }
  }

  #search(lane: number): number {
    let low = 0;
    let high = this.#spans.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const span = this.#spans[middle];
      if (span === undefined) return -1;
      if (lane < span.first) high = middle - 1;
      else if (lane >= span.first + span.count) low = middle + 1;
      else {
        this.#lastFirst = span.first;
        this.#lastCount = span.count;
        this.#lastBase = span.base;
        return span.base + lane - span.first;
      }
    }
    return -1;
  }

  #grow(): void {
    if (this.#size <= this.#next.length) return;
    const capacity = Math.max(this.#size, this.#next.length * 2);
    const next = new Float64Array(capacity);
    next.set(this.#next);
    this.#next = next;
    const ordered = new Uint8Array(capacity);
    ordered.set(this.#ordered);
    this.#ordered = ordered;
    const routes = new Int32Array(capacity);
    routes.set(this.#routes);
    this.#routes = routes;
  }
}

/** Of the 32 seqs of `word`, those below `next`. */
export function sentMask(next: number, word: number): number {
  const sent = next - word * 32;
  if (sent >= 32) return -1;
  return sent <= 0 ? 0 : (1 << sent) - 1;
}
