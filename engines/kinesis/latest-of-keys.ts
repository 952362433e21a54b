/** A key that is forgotten loses nothing: its last record was answered before its next one is sent. */
const keysMost = 10_000;

/** The last record of each key, which the next one names so that it gets a higher number (API reference, PutRecord). */
export class LatestOfKeys {
  readonly #numbers = new Map<string, string>();

  before(key: string | undefined): { readonly SequenceNumberForOrdering?: string } {
    const number = key === undefined ? undefined : this.#numbers.get(key);
    return number === undefined ? {} : { SequenceNumberForOrdering: number };
  }

  remember(key: string | undefined, sequenceNumber: string | undefined): void {
    if (key === undefined || sequenceNumber === undefined) return;
    this.#numbers.delete(key);
    this.#numbers.set(key, sequenceNumber);
    if (this.#numbers.size <= keysMost) return;
    const [oldest] = this.#numbers.keys();
    if (oldest !== undefined) this.#numbers.delete(oldest);
  }
}
