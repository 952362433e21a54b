import type { Random } from '../../core/random.ts';

/**
 * The one flaw of a world, or `none`: parts of the model ask for it by name where a broken broker or client
 * would go wrong. When exactly it strikes comes from the seed, by a stream of its own, so that a world is
 * the same as its healthy control up to that moment.
 */
export class Defect {
  readonly #name: string;
  readonly #skips: number;
  #occasions = 0;
  #struck = 0;

  constructor(name: string, random: Random) {
    this.#name = name;
    this.#skips = random.below(8);
  }

  /** For what is wrong all the time. */
  is(name: string): boolean {
    return this.#name === name;
  }

  /** For what goes wrong at one occasion, or at `times` in a row; only where `isOccasion`. */
  strikes(name: string, times = 1, isOccasion = true): boolean {
    if (this.#name !== name || this.#struck >= times || !isOccasion) return false;
    this.#occasions += 1;
    if (this.#occasions <= this.#skips) return false;
    this.#struck += 1;
    return true;
  }

  get hasStruck(): boolean {
    return this.#struck > 0;
  }
}
