/**
 * What differs from message to message and is drawn from the seed: plain data. A bare number, and turns of keys,
 * stand for no difference at all.
 */

/** Every whole number from `least` to `most` alike; of times every instant between. */
export interface Uniform {
  readonly kind: 'uniform';
  readonly least: number;
  readonly most: number;
}

/** One of a few values, each as often as its weight among all weights. */
export interface Weighted {
  readonly kind: 'weighted';
  readonly choices: readonly { readonly value: number; readonly weight: number }[];
}

/**
 * Rank r of `ranks` has the weight r^−exponent and the value least × (most / least)^((r − 1) / (ranks − 1)): small
 * ones often, large ones rarely, on a logarithmic scale between both.
 */
export interface ZipfSizes {
  readonly kind: 'zipf';
  readonly least: number;
  readonly most: number;
  readonly exponent: number;
}

/** Payload bytes with the header. */
export type Sizes = number | Uniform | Weighted | ZipfSizes;

/** Which of the keys a message has. In turn: message n has key n modulo their number. */
export type KeyChoice =
  | { readonly kind: 'in-turn' }
  | { readonly kind: 'uniform' }
  /** Key r has the weight r^−exponent. */
  | { readonly kind: 'zipf'; readonly exponent: number }
  /** The first keys get this share of all messages, 0 to 1, and the others the rest, each alike. */
  | { readonly kind: 'hot'; readonly keys: number; readonly share: number };

/** The consumer's own work: time that waits, or that keeps its thread busy. */
export interface MessageWork {
  readonly by: 'waiting' | 'busy';
  /** Of one message, in milliseconds. */
  readonly time:
    | { readonly kind: 'constant'; readonly ms: number }
    | { readonly kind: 'exponential'; readonly meanMs: number }
    | { readonly kind: 'uniform'; readonly leastMs: number; readonly mostMs: number };
}

export const zipfSizeRanks = 64;

/** The most that a message of these sizes has, header included. */
export function largestOf(sizes: Sizes): number {
  if (typeof sizes === 'number') return sizes;
  if (sizes.kind !== 'weighted') return sizes.most;
  return Math.max(...sizes.choices.map(({ value }) => value));
}

export function smallestOf(sizes: Sizes): number {
  if (typeof sizes === 'number') return sizes;
  if (sizes.kind !== 'weighted') return sizes.least;
  return Math.min(...sizes.choices.map(({ value }) => value));
}

/** Sizes of the ranks of a Zipf distribution, and how often each comes. */
export function zipfChoices({ least, most, exponent }: ZipfSizes): Weighted['choices'] {
  return Array.from({ length: zipfSizeRanks }, (_, rank) => ({
    value: Math.round(least * (most / least) ** (rank / (zipfSizeRanks - 1))),
    weight: (rank + 1) ** -exponent,
  }));
}
