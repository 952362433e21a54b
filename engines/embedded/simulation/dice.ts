import { happens, oneOf, wholeBetween } from '../../../harness/core/chance.ts';
import type { Random } from '../../../harness/core/random.ts';

/** Choices of a plan, all from one stream. */
export class Dice {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Uniform of the whole numbers from low to high, both included. */
  between(low: number, high: number): number {
    return wholeBetween(this.#random, low, high);
  }

  happens(probability: number): boolean {
    return happens(this.#random, probability);
  }

  oneOf<T>(choices: readonly [T, ...T[]]): T {
    return oneOf(this.#random, choices);
  }

  anyOf<T>(choices: readonly T[]): T | undefined {
    return choices[this.#random.below(Math.max(1, choices.length))];
  }
}
