import { EventKind, type EventRecord } from '../../core/events.ts';
import { grown, MessageTable } from '../state/message-table.ts';
import type { MessageState } from '../state/message-state.ts';
import type { StatePart } from '../state/state-part.ts';

/** Sends of one lane that were invoked together, as runs are: how many, and when; by the first of them. */
class InvokedSends extends MessageTable {
  count = new Float64Array(this.firstCapacity);
  invokedNs = new Float64Array(this.firstCapacity);

  protected columnBytes(): number {
    return 16;
  }

  protected growColumns(capacity: number): void {
    this.count = grown(new Float64Array(capacity), this.count);
    this.invokedNs = grown(new Float64Array(capacity), this.invokedNs);
  }
}

/** Of the sends that an event settles, so many in a row that were invoked together. */
export interface SettledSends {
  readonly count: number;
  /** -1 when it is not known, or they were sent again. */
  invokedNs: number;
}

/**
 * When each send that is open was invoked for the first time. A message that was sent again may have been
 * stored by either send, so that only messages sent once are remembered. The only open sends of a lane, as
 * most are, stand in an array; those beside them in a table.
 */
export class OpenSends implements StatePart {
  readonly listensTo = [EventKind.sendInvoke, EventKind.sendSettled];
  readonly takesRuns = true;
  /** What the latest event settled, in the order of the lane. */
  settled: readonly SettledSends[] = [];
  /** The same list for every event that is no run. */
  readonly #one: readonly [SettledSends] = [{ count: 1, invokedNs: -1 }];
  readonly #state: MessageState;
  /** By lane, of the sends in the array: seq plus one of the first, 0 for none, how many, and when they were invoked. */
  #seqOfLane = new Float64Array(0);
  #countOfLane = new Float64Array(0);
  #invokedNsOfLane = new Float64Array(0);
  readonly #table = new InvokedSends();
  /** Some of the table were invoked with others, under whose seq they stand. */
  #hasRuns = false;
  /** What was taken last: when it was invoked, and how much was left of it. */
  #takenNs = -1;
  #takenCount = 0;

  constructor(state: MessageState) {
    this.#state = state;
  }

  /** Sends that found no room. */
  get overflowed(): number {
    return this.#table.overflowed;
  }

  fold({ kind, lane: name, seq, attempt, timeNs }: EventRecord, count = 1): void {
    const lane = this.#state.lanes.indexOf(name);
    if (lane < 0) return;
    const isResent = this.#state.sends.resent.get(lane, seq);
    if (kind === EventKind.sendInvoke) {
      if (attempt > 1 || isResent) this.#take(lane, seq, count);
      else this.#open(lane, seq, count, timeNs);
      return;
    }
    if (count === 1) {
      this.#take(lane, seq, 1);
      this.#one[0].invokedNs = isResent ? -1 : this.#takenNs;
      this.settled = this.#one;
    } else this.#settleRun(lane, seq, count, isResent);
  }

  #settleRun(lane: number, seq: number, count: number, isResent: boolean): void {
    const settled: SettledSends[] = [];
    for (let at = 0; at < count; at += this.#takenCount) {
      this.#take(lane, seq + at, count - at);
      settled.push({ count: this.#takenCount, invokedNs: isResent ? -1 : this.#takenNs });
    }
    this.settled = settled;
  }

  bytes(): number {
    return this.#table.bytes() + this.#seqOfLane.byteLength * 3;
  }

  #open(lane: number, seq: number, count: number, timeNs: number): void {
    if (lane >= this.#seqOfLane.length) this.#addLanes(this.#state.lanes.size);
    if (this.#seqOfLane[lane] === 0) {
      this.#seqOfLane[lane] = seq + 1;
      this.#countOfLane[lane] = count;
      this.#invokedNsOfLane[lane] = timeNs;
    } else this.#toTable(lane, seq, count, timeNs);
  }

  #toTable(lane: number, seq: number, count: number, timeNs: number): void {
    if (count <= 0) return;
    const entry = this.#table.open(lane, seq);
    if (entry < 0) return;
    this.#table.count[entry] = count;
    this.#table.invokedNs[entry] = timeNs;
    this.#hasRuns ||= count > 1;
  }

  /** Forgets at most so many sends from that one on, as far as they were invoked together. */
  #take(lane: number, seq: number, most: number): void {
    const first = (this.#seqOfLane[lane] ?? 0) - 1;
    const count = this.#countOfLane[lane] ?? 0;
    if (first >= 0 && seq >= first && seq < first + count) {
      this.#seqOfLane[lane] = 0;
      this.#split(lane, first, count, this.#invokedNsOfLane[lane] ?? 0, seq, most);
      return;
    }
    const entry = this.#find(lane, seq);
    this.#takenCount = 1;
    this.#takenNs = -1;
    if (entry < 0) return;
    const from = this.#table.seq[entry] ?? 0;
    const length = this.#table.count[entry] ?? 0;
    const invokedNs = this.#table.invokedNs[entry] ?? 0;
    this.#table.remove(lane, from);
    this.#split(lane, from, length, invokedNs, seq, most);
  }

  /** Sends that are taken out of what was invoked together: the others stay open. */
  #split(
    lane: number,
    first: number,
    count: number,
    invokedNs: number,
    seq: number,
    most: number,
  ): void {
    const end = Math.min(first + count, seq + most);
    this.#takenCount = end - seq;
    this.#takenNs = invokedNs;
    if (end < first + count) this.#open(lane, end, first + count - end, invokedNs);
    this.#toTable(lane, first, seq - first, invokedNs);
  }

  /** The entry of those among which the send is; -1 where there are none. */
  #find(lane: number, seq: number): number {
    const entry = this.#table.find(lane, seq);
    if (entry >= 0 || !this.#hasRuns) return entry;
    let found = -1;
    this.#table.each((other) => {
      const ahead = seq - (this.#table.seq[other] ?? 0);
      const isOfLane = this.#table.lane[other] === lane;
      if (isOfLane && ahead > 0 && ahead < (this.#table.count[other] ?? 0)) found = other;
    });
    return found;
  }

  #addLanes(count: number): void {
    this.#seqOfLane = grown(new Float64Array(count), this.#seqOfLane);
    this.#countOfLane = grown(new Float64Array(count), this.#countOfLane);
    this.#invokedNsOfLane = grown(new Float64Array(count), this.#invokedNsOfLane);
  }
}

export const openSends = (state: MessageState): OpenSends => new OpenSends(state);
