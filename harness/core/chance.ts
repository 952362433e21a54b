import type { Random } from './random.ts';

export const ms = 1e6;

/** Uniform in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + random.unit() * (high - low);
}

/** Uniform of the whole numbers from low to high, both included. */
export function wholeBetween(random: Random, low: number, high: number): number {
  return low + random.below(high - low + 1);
}

export function happens(random: Random, probability: number): boolean {
  return random.unit() < probability;
}

export function oneOf<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[random.below(choices.length)] ?? choices[0];
}
