import type { KeyChoice } from '../../../scenarios/spread.ts';
import { drawOf } from './draw.ts';
import { type Choice, weightedChoice } from './weighted-choice.ts';

/**
 * The key of each message and its number among the messages of that key: whatever the keys are chosen by, each lane
 * is dense from 0.
 */
export interface LaneNumbers {
  /** The bucket of the next message, whose `seq` is then this lane's next. */
  next(numberInLoad: number): number;
  /** The number of the message that `next` was asked for last. */
  readonly seq: number;
}

export function laneNumbers(choice: KeyChoice, keys: number, seed: number): LaneNumbers {
  return choice.kind === 'in-turn' ? inTurn(keys) : drawn(chooserOf(choice, keys), keys, seed);
}

function inTurn(keys: number): LaneNumbers {
  let sent = 0;
  let seq = 0;
  return {
    next: () => {
      const bucket = sent % keys;
      seq = (sent - bucket) / keys;
      sent += 1;
      return bucket;
    },
    get seq() {
      return seq;
    },
  };
}

function drawn(choose: Choice, keys: number, seed: number): LaneNumbers {
  const nextSeq = new Uint32Array(keys);
  const own = seed ^ 0x6b65_7973;
  let seq = 0;
  return {
    next: (numberInLoad) => {
      const bucket = choose(drawOf(own, numberInLoad, 0));
      seq = nextSeq[bucket] as number;
      nextSeq[bucket] = seq + 1;
      return bucket;
    },
    get seq() {
      return seq;
    },
  };
}

function chooserOf(choice: Exclude<KeyChoice, { readonly kind: 'in-turn' }>, keys: number): Choice {
  switch (choice.kind) {
    case 'uniform':
      return (unit) => Math.floor(unit * keys);
    case 'zipf':
      return weightedChoice(
        Array.from({ length: keys }, (_, rank) => (rank + 1) ** -choice.exponent),
      );
    case 'hot': {
      const cold = keys - choice.keys;
      const each = [choice.share / choice.keys, cold === 0 ? 0 : (1 - choice.share) / cold];
      return weightedChoice(
        Array.from({ length: keys }, (_, key) => (key < choice.keys ? each[0] : each[1]) ?? 0),
      );
    }
  }
}
