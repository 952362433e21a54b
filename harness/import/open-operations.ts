/** Enough for every client that bounds what it has under way; the oldest give way. */
const mostOpen = 1_048_576;

/**
 * Pairs an invocation with its completion where the history does not: the first open one of the same
 * actor and thing. An event that never completes keeps its place until newer ones need it.
 */
export class OpenOperations {
  readonly #open = new Map<string, number[]>();
  #last = 0;
  #size = 0;

  /** @returns the ticket of an operation that begins */
  begin(key: string): number {
    const ticket = this.#next();
    const same = this.#open.get(key);
    if (same === undefined) this.#open.set(key, [ticket]);
    else same.push(ticket);
    this.#size += 1;
    if (this.#size > mostOpen) this.#forgetOldest();
    return ticket;
  }

  /** @returns the ticket that the operation began with, or a new one when its beginning is unknown */
  end(key: string): number {
    const same = this.#open.get(key);
    const ticket = same?.shift();
    if (same === undefined || ticket === undefined) return this.#next();
    this.#size -= 1;
    if (same.length === 0) this.#open.delete(key);
    return ticket;
  }

  #forgetOldest(): void {
    const [oldest] = this.#open;
    if (oldest === undefined) return;
    const [key, tickets] = oldest;
    this.#size -= tickets.length;
    this.#open.delete(key);
  }

  #next(): number {
    this.#last = (this.#last + 1) >>> 0;
    return this.#last;
  }
}
