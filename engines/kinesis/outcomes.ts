import { outcomes as ofCalls } from '../aws/outcomes.ts';

/** A checkpoint of a shard that somebody else has by now. What else can happen is that of any call. */
export const leaseLost = 32;

export const outcomes: Readonly<Record<number, string>> = {
  ...ofCalls,
  [leaseLost]: 'the shard is another consumer’s by now: no checkpoint',
};
