import { slotDoubles, slotWords, Window } from '../state/windows.ts';

const slots = 1 << 16;
const sessionWord = 2;
const indexDouble = 2;

/** The order in which one group had its latest 65,536 messages for the first time. */
export class OrderWindow extends Window {
  #next = 0;

  constructor() {
    super(slots);
  }

  /** @returns its index in the group's order */
  remember(lane: number, seq: number, session: number): number {
    const slot = this.roomFor(lane, seq);
    this.take(slot, lane, seq);
    this.words[slot * slotWords + sessionWord] = session;
    this.doubles[slot * slotDoubles + indexDouble] = this.#next;
    this.#next += 1;
    return this.#next - 1;
  }

  /** -1: it has not been seen, or not lately. */
  indexOf(lane: number, seq: number): number {
    const slot = this.slotOf(lane, seq);
    if (!this.holds(slot, lane, seq)) return -1;
    return this.doubles[slot * slotDoubles + indexDouble] as number;
  }

  /** Of a message that `indexOf` knows. */
  sessionOf(lane: number, seq: number): number {
    return this.words[this.slotOf(lane, seq) * slotWords + sessionWord] as number;
  }
}
