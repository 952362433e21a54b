import type { Delivery } from '../../engines/engine.ts';
import { emptyHeader, readHeader } from '../core/message-header.ts';
import { PassThrough } from './plant-layer.ts';

/** Longest wait of a copy for its neighbour, after which it goes on unswapped. */
const holdMs = 250;

/** Now and then a copy is held until the next of its lane has passed: O2, and nothing else. */
export class SwapInLane extends PassThrough {
  readonly #header = emptyHeader();
  #held: Delivery | undefined;
  #heldLane = 0;
  #heldSeq = 0;
  #timer: NodeJS.Timeout | undefined;

  protected override fromEngine(batch: readonly Delivery[]): void {
    const passed: Delivery[] = [];
    for (const copy of batch) {
      const isReadable = readHeader(copy.body, this.#header) === 'intact';
      const isPicked = this.picker.picks();
      if (this.#held !== undefined && isReadable && this.#isNeighbour()) {
        passed.push(copy, this.#held);
        this.#letGo();
      } else if (this.#held === undefined && isPicked && isReadable && isFirst(copy)) {
        this.#hold(copy);
      } else passed.push(copy);
    }
    if (passed.length > 0) super.fromEngine(passed);
  }

  protected override gone(): void {
    this.#letGo();
  }

  #isNeighbour(): boolean {
    return this.#header.lane === this.#heldLane && this.#header.seq > this.#heldSeq;
  }

  #hold(copy: Delivery): void {
    this.#held = copy;
    this.#heldLane = this.#header.lane;
    this.#heldSeq = this.#header.seq;
    this.#timer = setTimeout(() => {
      this.#letGo();
      super.fromEngine([copy]);
    }, holdMs);
  }

  #letGo(): void {
    clearTimeout(this.#timer);
    this.#held = undefined;
    this.picker.taken();
  }
}

/** Redelivered copies may come in any order. */
function isFirst(copy: Delivery): boolean {
  return copy.redelivered !== true && (copy.attempt ?? 1) <= 1;
}
