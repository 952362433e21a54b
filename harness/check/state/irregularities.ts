const shown = 8;

/** What a history should never contain; each kind is told once, with its count. */
export class Irregularities {
  readonly #first = new Map<string, { readonly text: string; count: number }>();

  note(kind: string, text: string): void {
    const known = this.#first.get(kind);
    if (known !== undefined) known.count += 1;
    else if (this.#first.size < shown) this.#first.set(kind, { text, count: 1 });
  }

  list(): readonly string[] {
    return [...this.#first.values()].map(({ text, count }) =>
      count === 1 ? text : `${text} (and ${count - 1} more of the kind)`,
    );
  }
}
