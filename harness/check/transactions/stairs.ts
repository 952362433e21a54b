import { comparePositions, type Position } from '../../core/position.ts';

const mostStairs = 64;

interface Stair {
  readonly sinceNs: number;
  readonly position: Position;
}

/**
 * How far a scope was written and committed, over time: only entries beyond all earlier ones are kept, and
 * of more than a few every second one, which makes an entry seem younger than it is.
 */
export class Stairs {
  #stairs: Stair[] = [];

  /** An entry that everybody may read from now on. */
  add(sinceNs: number, position: Position): void {
    const last = this.#stairs.at(-1);
    if (last !== undefined && comparePositions(position, last.position) <= 0) return;
    this.#stairs.push({ sinceNs, position });
    if (this.#stairs.length <= mostStairs) return;
    const newest = this.#stairs.length - 1;
    this.#stairs = this.#stairs.filter((_stair, index) => index % 2 === 0 || index === newest);
  }

  /** The furthest entry that could be read before that time already, as far as it is remembered. */
  furthestBefore(timeNs: number): Position | undefined {
    return this.#stairs.findLast(({ sinceNs }) => sinceNs < timeNs)?.position;
  }
}
