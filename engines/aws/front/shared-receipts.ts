/**
 * Receipts that two receives got, and whether the message was deleted with them. As many as may be in hands at once: of
 * older ones the queue itself hears a second deletion, which changes nothing there either.
 */
export class SharedReceipts {
  readonly #most: number;
  /** In the order in which they were given. */
  readonly #deleted = new Map<string, boolean>();

  constructor(most: number) {
    this.#most = most;
  }

  share(receipt: string): void {
    this.#deleted.set(receipt, false);
    if (this.#deleted.size <= this.#most) return;
    const [oldest] = this.#deleted.keys();
    if (oldest !== undefined) this.#deleted.delete(oldest);
  }

  isDeleted(receipt: string): boolean {
    return this.#deleted.get(receipt) === true;
  }

  /** Of no consequence for a receipt that one receive got alone. */
  delete(receipt: string): void {
    if (this.#deleted.has(receipt)) this.#deleted.set(receipt, true);
  }
}
