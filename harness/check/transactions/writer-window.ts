import { slotWords, Window } from '../state/windows.ts';

const slots = 1 << 15;
const writerWord = 2;

/** Which transaction each recent message was last sent in; 0 for one that is not remembered. */
export class WriterWindow extends Window {
  constructor() {
    super(slots);
  }

  remember(lane: number, seq: number, transaction: number): void {
    const slot = this.roomFor(lane, seq);
    this.take(slot, lane, seq);
    this.words[slot * slotWords + writerWord] = transaction;
  }

  writerOf(lane: number, seq: number): number {
    const slot = this.slotOf(lane, seq);
    return this.holds(slot, lane, seq) ? (this.words[slot * slotWords + writerWord] ?? 0) : 0;
  }
}
