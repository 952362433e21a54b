import type { Random } from '../../../harness/core/random.ts';

/** Choices of a plan, all from one stream. */
export class Dice {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Uniform of the whole numbers from low to high, both included. */
  between(low: number, high: number): number {
    return low + this.#random.below(high - low + 1);
  }

  happens(probability: number): boolean {
    return this.#random.unit() < probability;
  }

  oneOf<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.#random.below(choices.length)] ?? choices[0];
  }

  anyOf<T>(choices: readonly T[]): T | undefined {
    return choices[this.#random.below(Math.max(1, choices.length))];
  }
}
