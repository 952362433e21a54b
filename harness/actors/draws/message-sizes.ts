import { type Sizes, zipfChoices, type Weighted } from '../../../scenarios/spread.ts';
import { drawOf } from './draw.ts';
import { weightedChoice } from './weighted-choice.ts';

/** Payload bytes of a message with the header: the same at every attempt. */
export type SizeOf = (lane: number, seq: number) => number;

/** @param seed of the load; undefined sizes nothing differently: a bare number is the same for all messages */
export function messageSizes(sizes: Sizes, seed: number): SizeOf {
  if (typeof sizes === 'number') return () => sizes;
  const own = seed ^ 0x5129_0f11;
  switch (sizes.kind) {
    case 'uniform': {
      const { least, most } = sizes;
      const span = most - least + 1;
      return (lane, seq) => least + Math.floor(drawOf(own, lane, seq) * span);
    }
    case 'weighted':
      return chosen(sizes.choices, own);
    case 'zipf':
      return chosen(zipfChoices(sizes), own);
  }
}

/** Of one message on average, which is what a batch of many amounts to. */
export function meanSize(sizes: Sizes): number {
  if (typeof sizes === 'number') return sizes;
  if (sizes.kind === 'uniform') return (sizes.least + sizes.most) / 2;
  const choices = sizes.kind === 'weighted' ? sizes.choices : zipfChoices(sizes);
  const weights = choices.reduce((sum, { weight }) => sum + weight, 0);
  return choices.reduce((sum, { value, weight }) => sum + value * weight, 0) / weights;
}

function chosen(choices: Weighted['choices'], seed: number): SizeOf {
  const choose = weightedChoice(choices.map(({ weight }) => weight));
  const values = choices.map(({ value }) => value);
  return (lane, seq) => values[choose(drawOf(seed, lane, seq))] as number;
}
