import { randomFrom } from '../../../harness/core/random.ts';

/** Whether it happens this time. */
export type Chance = (permille: number) => boolean;

/** Each manner has a stream of its own, so that another one does not shift its choices. */
export function chanceFrom(seed: number): Chance {
  const random = randomFrom(seed);
  return (permille) => permille > 0 && random.below(1000) < permille;
}
