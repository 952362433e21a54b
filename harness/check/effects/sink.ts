import { type LaneCount, Plane } from '../state/planes.ts';
import { Answers } from './answers.ts';

/**
 * What is known of one sink: a place outside the messaging system where effects are applied. It may be read
 * back more than once. Each reading is a whole of its own, and what any of them found was there.
 */
export class Sink {
  readonly answers: Answers;
  /** Answers that came after the last whole reading had passed the message: it says nothing of them. */
  since: Answers;
  /** Found in a reading, and found more than once in the same. */
  readonly found: Plane;
  readonly foundTwice: Plane;
  /** Applied before the message had been delivered to the group that applied it. */
  readonly early: Plane;
  /** Processed or settled only after the last whole reading: nothing tells whether its effect came. */
  late: Plane;
  /** Groups that ever tried to apply something here. */
  readonly groups = new Set<number>();
  /** It was read to its end. */
  isReadBack = false;
  /** A reading has begun that has not come to its end. */
  isBeingRead = false;
  readonly #lanes: LaneCount;
  /** Found in the reading that is under way or was the last, and answered after it was. */
  #reading: Plane;
  #sinceRow: Answers;

  constructor(lanes: LaneCount) {
    this.#lanes = lanes;
    this.answers = new Answers(lanes);
    this.since = new Answers(lanes);
    this.found = new Plane(lanes);
    this.foundTwice = new Plane(lanes);
    this.early = new Plane(lanes);
    this.late = new Plane(lanes);
    this.#reading = new Plane(lanes);
    this.#sinceRow = new Answers(lanes);
  }

  apply(lane: number, seq: number, outcome: number): void {
    this.answers.add(lane, seq, outcome);
    if (this.isReadBack) this.since.add(lane, seq, outcome);
    const isPassed = this.isBeingRead && this.#reading.get(lane, seq);
    if (isPassed) this.#sinceRow.add(lane, seq, outcome);
  }

  /** Before each of its rows: the first one after a whole reading begins the next. */
  beginReading(): void {
    if (this.isBeingRead) return;
    this.isBeingRead = true;
    this.#reading = new Plane(this.#lanes);
    this.#sinceRow = new Answers(this.#lanes);
  }

  read(lane: number, seq: number, copies: number): void {
    if (copies === 0) return;
    this.found.set(lane, seq);
    if (!this.#reading.set(lane, seq) || copies > 1) this.foundTwice.set(lane, seq);
  }

  /** One without a row is the reading of an empty sink, or says again that the last one was whole. */
  completeReading(): void {
    this.isReadBack = true;
    if (!this.isBeingRead) return;
    this.isBeingRead = false;
    this.since = this.#sinceRow;
    this.late = new Plane(this.#lanes);
  }

  bytes(): number {
    const { found, foundTwice, early, late } = this;
    return [this.answers, this.since, this.#sinceRow, this.#reading].reduce(
      (sum, part) => sum + part.bytes(),
      [found, foundTwice, early, late].reduce((sum, plane) => sum + plane.bytes(), 0),
    );
  }
}
