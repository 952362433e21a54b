/** What a member has: where it reads each partition, since which generation, and what it is giving up. */
export class HeldPartitions {
  readonly #positions = new Map<number, number>();
  readonly #since = new Map<number, number>();
  /** Asked for and not given up yet, in the order of the asking. */
  #leaving: (readonly number[])[] = [];

  get all(): number[] {
    return [...this.#positions.keys()];
  }

  get positions(): { partition: number; offset: number }[] {
    return [...this.#positions].map(([partition, offset]) => ({ partition, offset }));
  }

  get isRevoking(): boolean {
    return this.#leaving.length > 0;
  }

  give(partition: number, offset: number, generation: number): void {
    this.#positions.set(partition, offset);
    this.#since.set(partition, generation);
  }

  /** Undefined for a partition that it does not have. */
  positionOf(partition: number): number | undefined {
    return this.#positions.get(partition);
  }

  read(partition: number, upTo: number): void {
    this.#positions.set(partition, upTo);
  }

  since(partition: number): number | undefined {
    return this.#since.get(partition);
  }

  /** It has had it all the time since then, and need not give it up. */
  keepsSince(partition: number, generation: number | undefined): boolean {
    return this.#since.get(partition) === generation && !this.isLeaving(partition);
  }

  ask(partitions: readonly number[]): void {
    this.#leaving.push(partitions);
  }

  isLeaving(partition: number): boolean {
    return this.#leaving.some((partitions) => partitions.includes(partition));
  }

  takeLeaving(): (readonly number[])[] {
    return this.#leaving.splice(0);
  }

  /** False when it does not have it. */
  drop(partition: number): boolean {
    this.#since.delete(partition);
    return this.#positions.delete(partition);
  }
}
