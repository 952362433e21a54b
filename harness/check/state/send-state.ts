import { type EventRecord, OutcomeCode } from '../../core/events.ts';
import type { Irregularities } from './irregularities.ts';
import type { LaneTable } from './lane-table.ts';
import { Plane } from './planes.ts';
import { SkippedSeqs } from './skipped-seqs.ts';
import { highOf, lowOf, pairKey } from './pair-key.ts';

/** How every message fared on its way to the broker, over all attempts. */
export class SendState {
  /** Any attempt was answered ok. */
  readonly ok: Plane;
  /** Some attempt failed definitely. */
  readonly failed: Plane;
  /** Some attempt ended unknown or, known only after `complete`, not at all. */
  readonly unknown: Plane;
  /** Sent more than once on the wire, as far as anybody says. */
  readonly resent: Plane;
  /** Sends that were repeated by the harness. */
  resends = 0;
  readonly #skipped = new SkippedSeqs();
  readonly #lanes: LaneTable;
  readonly #irregularities: Irregularities;
  /** Unsettled attempts of messages that were sent again, keyed by `lane * 2^32 + seq`. */
  readonly #openRetries = new Map<number, number>();

  constructor(lanes: LaneTable, irregularities: Irregularities) {
    this.#lanes = lanes;
    this.#irregularities = irregularities;
    this.ok = new Plane(lanes);
    this.failed = new Plane(lanes);
    this.unknown = new Plane(lanes);
    this.resent = new Plane(lanes);
  }

  invoke({ lane, seq, attempt }: EventRecord): void {
    const index = this.#lanes.indexOf(lane);
    if (index < 0)
      return this.#irregularities.note(
        'lane',
        `lane ${this.#lanes.nameOf(lane)} was never registered`,
      );
    const next = this.#lanes.nextOf(index);
    if (seq === next && attempt <= 1) return this.#lanes.advance(index, seq + 1);
    if (seq >= next) {
      this.#irregularities.note(
        'dense',
        `lane ${this.#lanes.nameOf(lane)} went from seq ${next - 1} to ${seq}`,
      );
      this.#skipped.skip(index, next, seq);
      return this.#lanes.advance(index, seq + 1);
    }
    this.resends += 1;
    this.resent.set(index, seq);
    const key = pairKey(index, seq);
    const open = this.#openRetries.get(key) ?? (this.#isSettled(index, seq) ? 0 : 1);
    this.#openRetries.set(key, open + 1);
  }

  /** @returns the lane's index, or -1 for a send that never began */
  settled({ lane, seq, outcome, attempt, ref: wireAttempts }: EventRecord): number {
    const index = this.#lanes.indexOf(lane);
    if (index < 0 || seq >= this.#lanes.nextOf(index)) {
      this.#irregularities.note(
        'settled',
        `send ${this.#lanes.nameOf(lane)}:${seq} settled but never began`,
      );
      return -1;
    }
    if (this.#isSettled(index, seq)) this.#answeredAgain(index, lane, seq);
    if (outcome === OutcomeCode.ok) this.ok.set(index, seq);
    else if (outcome === OutcomeCode.fail) this.failed.set(index, seq);
    else this.unknown.set(index, seq);
    if (attempt > 1 || wireAttempts > 1) this.resent.set(index, seq);
    if (this.#openRetries.size > 0) this.#retrySettled(pairKey(index, seq));
    return index;
  }

  /** The sends of a run. @returns false, and nothing is noted, unless they are the next of their lane */
  invokeRun({ lane, seq, attempt }: EventRecord, count: number): boolean {
    const index = this.#lanes.indexOf(lane);
    if (index < 0 || attempt > 1 || seq !== this.#lanes.nextOf(index)) return false;
    this.#lanes.advance(index, seq + count);
    return true;
  }

  /** Whether so many messages of a lane from that one on were sent once each, and none of them was answered. */
  areOpen(index: number, seq: number, count: number): boolean {
    if (index < 0 || seq + count > this.#lanes.nextOf(index)) return false;
    const planes = [this.ok, this.failed, this.unknown, this.resent];
    return planes.every((plane) => plane.countRun(index, seq, count) === 0);
  }

  /** The answers to sends that are open. */
  settleRun(index: number, { seq, outcome, ref: wireAttempts }: EventRecord, count: number): void {
    if (outcome === OutcomeCode.ok) this.ok.setRun(index, seq, count);
    else if (outcome === OutcomeCode.fail) this.failed.setRun(index, seq, count);
    else this.unknown.setRun(index, seq, count);
    if (wireAttempts > 1) this.resent.setRun(index, seq, count);
  }

  /** To be called once, when the history is complete: what never completed is unknown. */
  complete(): void {
    for (const key of this.#openRetries.keys()) {
      this.unknown.set(highOf(key), lowOf(key));
    }
  }

  /** Messages of the word that failed definitely, valid after `complete`. */
  refusedWord(lane: number, word: number): number {
    const refused = this.failed.word(lane, word) & ~this.ok.word(lane, word);
    return refused & ~this.unknown.word(lane, word) & this.#lanes.sentMask(lane, word);
  }

  /** Messages of the word whose fate the producer does not know, valid after `complete`. */
  unsettledWord(lane: number, word: number): number {
    const sent = this.#lanes.sentMask(lane, word) & ~this.#skipped.word(lane, word);
    return sent & ~this.ok.word(lane, word) & ~this.refusedWord(lane, word);
  }

  bytes(): number {
    return this.ok.bytes() + this.failed.bytes() + this.unknown.bytes() + this.resent.bytes();
  }

  /** Which of two answers of one attempt is the true one nobody can tell. */
  #answeredAgain(index: number, lane: number, seq: number): void {
    if (this.#openRetries.has(pairKey(index, seq))) return;
    this.#irregularities.note(
      'answered twice',
      `send ${this.#lanes.nameOf(lane)}:${seq} settled more often than it began`,
    );
  }

  #isSettled(index: number, seq: number): boolean {
    return this.ok.get(index, seq) || this.failed.get(index, seq) || this.unknown.get(index, seq);
  }

  #retrySettled(key: number): void {
    const open = this.#openRetries.get(key);
    if (open === undefined) return;
    if (open > 1) this.#openRetries.set(key, open - 1);
    else this.#openRetries.delete(key);
  }
}
