/**
 * Runs what calls a sink outside of the loop that reads from the socket, which must not be left half way by what a sink
 * throws. One call serves everything that the loop hands over until it lets go of the thread.
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
