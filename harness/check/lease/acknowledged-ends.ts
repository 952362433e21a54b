import { comparePositions, type Position } from '../../core/position.ts';

/** More points than this are halved, so that each stands for a span of time. */
const mostPoints = 4096;

interface Point extends Position {
  /** Something at or beyond its position was acknowledged at this instant, nothing beyond it before. */
  fromNs: number;
  /** Its own position was acknowledged by then. */
  toNs: number;
}

/** When it was known how far a scope reaches: its furthest acknowledged position over time. */
export class AcknowledgedEnds {
  #points: Point[] = [];

  get size(): number {
    return this.#points.length;
  }

  acknowledged(timeNs: number, major: number, minor: number): void {
    const last = this.#points.at(-1);
    const position = { major, minor };
    if (last !== undefined && comparePositions(position, last) <= 0) return;
    this.#points.push({ major, minor, fromNs: timeNs, toNs: timeNs });
    if (this.#points.length > mostPoints) this.#halve();
  }

  /** The first point at or beyond the position: when an entry there was acknowledged first, or undefined. */
  firstBeyond(position: Position): { readonly fromNs: number; readonly toNs: number } | undefined {
    let low = 0;
    let high = this.#points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const point = this.#points[middle];
      if (point !== undefined && comparePositions(point, position) < 0) low = middle + 1;
      else high = middle;
    }
    return this.#points[low];
  }

  /** Two points become the later one, whose positions were acknowledged at some time of both. */
  #halve(): void {
    const halved: Point[] = [];
    for (let at = 0; at < this.#points.length; at += 2) {
      const earlier = this.#points[at];
      const later = this.#points[at + 1] ?? earlier;
      if (earlier === undefined || later === undefined) continue;
      halved.push({ ...later, fromNs: earlier.fromNs });
    }
    this.#points = halved;
  }
}
