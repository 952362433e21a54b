/**
 * Runs what calls a sink outside of the loop that reads from the socket: what a sink throws must neither stop that loop
 * half way nor be swallowed by it. One call serves everything that the loop hands over until it lets go of the thread.
 */
export class Afterwards {
  readonly #act: () => void;
  #scheduled = false;

  constructor(act: () => void) {
    this.#act = act;
  }

  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#act();
    });
  }
}
