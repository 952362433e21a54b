import { comparePositions, type Position } from '../../core/position.ts';

/** More points than this are halved, so that each stands for a span of time. */
const mostPoints = 4096;
const firstPoints = 64;
/**
 * Of a point, side by side: its position, the instant at which something at or beyond it was acknowledged and nothing
 * beyond it before, and the one by which its own position was acknowledged.
 */
const width = 4;
const minorColumn = 1;
const fromColumn = 2;
const toColumn = 3;

/**
 * When it was known how far a scope reaches: its furthest acknowledged position over time. What is acknowledged at one
 * instant, as the messages of a batch are, is one point.
 */
export class AcknowledgedEnds {
  #points = new Float64Array(firstPoints * width);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  acknowledged(timeNs: number, major: number, minor: number): void {
    let at = (this.#size - 1) * width;
    if (at >= 0) {
      if (!this.#isBelow(at, major, minor)) return;
      if (this.#points[at + fromColumn] === timeNs) return this.#write(at, major, minor, timeNs);
    }
    if (this.#size === mostPoints) this.#halve();
    at = this.#size * width;
    if (at === this.#points.length) {
      const larger = new Float64Array(at * 2);
      larger.set(this.#points);
      this.#points = larger;
    }
    this.#size += 1;
    this.#points[at + fromColumn] = timeNs;
    this.#write(at, major, minor, timeNs);
  }

  /** The first point at or beyond the position: when an entry there was acknowledged first, or undefined. */
  firstBeyond(position: Position): { readonly fromNs: number; readonly toNs: number } | undefined {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const [major = 0, minor = 0] = this.#points.subarray(middle * width);
      if (comparePositions({ major, minor }, position) < 0) low = middle + 1;
      else high = middle;
    }
    if (low === this.#size) return undefined;
    const [fromNs = 0, toNs = 0] = this.#points.subarray(low * width + fromColumn);
    return { fromNs, toNs };
  }

  #isBelow(at: number, major: number, minor: number): boolean {
    const known = this.#points[at] as number;
    return known < major || (known === major && (this.#points[at + minorColumn] as number) < minor);
  }

  #write(at: number, major: number, minor: number, toNs: number): void {
    this.#points[at] = major;
    this.#points[at + minorColumn] = minor;
    this.#points[at + toColumn] = toNs;
  }

  /** Two points become the later one, whose positions were acknowledged at some time of both. */
  #halve(): void {
    const points = this.#points;
    this.#size /= 2;
    for (let into = 0; into < this.#size * width; into += width) {
      const earlier = into * 2;
      const later = earlier + width;
      points[into + fromColumn] = points[earlier + fromColumn] as number;
      points[into] = points[later] as number;
      points[into + minorColumn] = points[later + minorColumn] as number;
      points[into + toColumn] = points[later + toColumn] as number;
    }
  }
}
