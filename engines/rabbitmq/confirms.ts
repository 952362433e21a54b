import { invariant } from '../../harness/core/errors.ts';

const settled = -1;

/**
 * The unconfirmed publishes of one channel. A publish's delivery tag is its number on the channel, from 1,
 * so a ring of tickets indexed by tag is all the memory it takes. Tickets are not negative.
 */
export class ConfirmWindow {
  #ring = new Float64Array(1024);
  /** Tag of the oldest publish that may still be open. */
  #low = 1;
  /** Tag of the next publish. */
  #next = 1;
  #open = 0;

  get open(): number {
    return this.#open;
  }

  add(ticket: number): void {
    invariant(ticket >= 0, 'tickets are not negative');
    if (this.#next - this.#low === this.#ring.length) this.#grow();
    this.#ring[this.#next % this.#ring.length] = ticket;
    this.#next += 1;
    this.#open += 1;
  }

  /** Calls `each` for every ticket that the confirm settles, oldest first; a repeated one settles none. */
  confirm(tag: number, multiple: boolean, each: (ticket: number) => void): void {
    const upTo = multiple && tag === 0 ? this.#next - 1 : Math.min(tag, this.#next - 1);
    for (let at = multiple ? this.#low : Math.max(tag, this.#low); at <= upTo; at += 1) {
      this.#take(at, each);
    }
    this.#advance();
  }

  takeAll(each: (ticket: number) => void): void {
    this.confirm(0, true, each);
  }

  #take(tag: number, each: (ticket: number) => void): void {
    const slot = tag % this.#ring.length;
    const ticket = this.#ring[slot];
    if (ticket === undefined || ticket === settled) return;
    this.#ring[slot] = settled;
    this.#open -= 1;
    each(ticket);
  }

  #advance(): void {
    while (this.#low < this.#next && this.#ring[this.#low % this.#ring.length] === settled) {
      this.#low += 1;
    }
  }

  #grow(): void {
    const larger = new Float64Array(this.#ring.length * 2);
    for (let tag = this.#low; tag < this.#next; tag += 1) {
      larger[tag % larger.length] = this.#ring[tag % this.#ring.length] ?? settled;
    }
    this.#ring = larger;
  }
}
