import { AckmarkError } from '../core/errors.ts';

/** Numbers for names, in the order of their first appearance. */
export class NameTable {
  readonly #what: string;
  readonly #first: number;
  readonly #most: number;
  readonly #numbers = new Map<string, number>();

  /** @param most names beyond it cannot be told apart in an event record, so the history is refused */
  constructor(what: string, first: number, most: number) {
    this.#what = what;
    this.#first = first;
    this.#most = most;
  }

  numberOf(name: string | number): number {
    const text = typeof name === 'string' ? name : String(name);
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    if (this.#numbers.size >= this.#most) {
      throw new AckmarkError(
        'BAD_HISTORY',
        `the history names more than ${this.#most} ${this.#what}, beginning with ${JSON.stringify(text)}`,
        { hint: 'Split the history, or give what is of one kind one name.' },
      );
    }
    const number = this.#first + this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }

  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  get size(): number {
    return this.#numbers.size;
  }

  /** By number, from the first. */
  names(): readonly string[] {
    return [...this.#numbers.keys()];
  }
}
