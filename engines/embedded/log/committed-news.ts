/**
 * What the members of a group are told after a generation was written waits until that is committed. So no
 * generation is dealt out twice, and a broker that was deposed and does not know it deals out nothing.
 */
export class CommittedNews {
  /** For each generation that is not committed yet, what follows it. */
  readonly #stages: (() => void)[][] = [];

  tell(news: () => void): void {
    const last = this.#stages.at(-1);
    if (last === undefined) news();
    else last.push(news);
  }

  /**
   * A generation is being written. @returns what to call when it is committed; generations are, in their order
   */
  begin(): () => void {
    this.#stages.push([]);
    return () => {
      for (const news of this.#stages.shift() ?? []) news();
    };
  }

  /** It could not be written after all. */
  takeBack(): void {
    this.#stages.pop();
  }
}
