import { OutcomeCode } from '../../core/events.ts';
import type { LaneCount } from '../state/planes.ts';
import { Plane } from '../state/planes.ts';

/** What the sink answered to those who applied effects; a recognised repetition applies nothing. */
export class Answers {
  /** An application was answered as done. */
  readonly once: Plane;
  /** More than one was. */
  readonly twice: Plane;
  /** An application ended unknown: it may stand in the sink. */
  readonly maybe: Plane;
  /** More than one did. */
  readonly maybeTwice: Plane;

  constructor(lanes: LaneCount) {
    this.once = new Plane(lanes);
    this.twice = new Plane(lanes);
    this.maybe = new Plane(lanes);
    this.maybeTwice = new Plane(lanes);
  }

  add(lane: number, seq: number, outcome: number): void {
    if (outcome === OutcomeCode.fail) return;
    const isUnknown = outcome === OutcomeCode.unknown;
    const [first, second] = isUnknown ? [this.maybe, this.maybeTwice] : [this.once, this.twice];
    if (!first.set(lane, seq)) second.set(lane, seq);
  }

  /** Bits of `word` whose effect is there twice if what ended unknown was applied. */
  uncertainWord(lane: number, word: number): number {
    return (
      (this.once.word(lane, word) & this.maybe.word(lane, word)) | this.maybeTwice.word(lane, word)
    );
  }

  bytes(): number {
    return [this.once, this.twice, this.maybe, this.maybeTwice].reduce(
      (sum, plane) => sum + plane.bytes(),
      0,
    );
  }
}
