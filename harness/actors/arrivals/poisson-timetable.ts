import { invariant } from '../../core/errors.ts';
import { randomFrom } from '../../core/random.ts';
import { firstAfter } from './first-after.ts';
import type { Timetable } from '../timetable.ts';

const blockMessages = 4_096;

/** Instants of one block, in rising order. */
interface Block {
  number: number;
  readonly timesNs: Float64Array;
}

/**
 * A Poisson process: message 0 is due at once, every next one an exponential gap −ln(1 − u) / rate later.
 * Each block of messages has a random stream of its own, so that any instant can be found again from the
 * seed without keeping them all: memory is one start for each block and three blocks.
 */
export function poissonTimetable(ratePerSecond: number, total: number, seed: number): Timetable {
  invariant(ratePerSecond > 0, 'a timetable has a positive rate');
  const meanNs = 1e9 / ratePerSecond;
  const random = randomFrom(seed).fork('poisson');
  /** When the last message before each block is due. */
  const startsNs = [0];
  // What is due runs ahead of what is asked of single messages: they would evict each other's block.
  const due = emptyBlock();
  const asked = [emptyBlock(), emptyBlock()] as const;

  const fill = (block: Block, number: number): Block => {
    if (block.number === number) return block;
    const stream = random.fork(String(number));
    let atNs = startsNs[number] ?? 0;
    for (let i = 0; i < blockMessages; i += 1) {
      if (number > 0 || i > 0) atNs -= Math.log(1 - stream.unit()) * meanNs;
      block.timesNs[i] = atNs;
    }
    startsNs[number + 1] ??= atNs;
    block.number = number;
    return block;
  };
  const reach = (number: number, block: Block): Block => {
    for (let known = startsNs.length - 1; known < number; known += 1) fill(block, known);
    return fill(block, number);
  };
  return {
    total,
    timeNs: (index) => {
      const number = Math.floor(index / blockMessages);
      const block = reach(number, number % 2 === 0 ? asked[0] : asked[1]);
      return Math.round(block.timesNs[index % blockMessages] ?? 0);
    },
    dueBy: (elapsedNs) => {
      if (elapsedNs < 0) return 0;
      // Rounded as `timeNs` rounds, so that both are exact inverses.
      const untilNs = Math.floor(elapsedNs) + 0.5;
      let last = startsNs.length - 1;
      while ((startsNs[last] ?? 0) < untilNs && last * blockMessages < total) {
        reach(last, due);
        last += 1;
      }
      // A block begins after its start: it is the first whose end is not due.
      const number = Math.max(0, firstAfter(startsNs, startsNs.length, untilNs) - 1);
      const { timesNs } = reach(number, due);
      const found = number * blockMessages + firstAfter(timesNs, blockMessages, untilNs);
      return Math.min(total, found);
    },
  };
}

function emptyBlock(): Block {
  return { number: -1, timesNs: new Float64Array(blockMessages) };
}
