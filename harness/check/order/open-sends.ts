import { EventKind, type EventRecord } from '../../core/events.ts';
import { grown, MessageTable } from '../state/message-table.ts';
import type { MessageState } from '../state/message-state.ts';
import type { StatePart } from '../state/state-part.ts';

/** When each open send was invoked. */
class InvokedSends extends MessageTable {
  invokedNs = new Float64Array(this.firstCapacity);

  protected columnBytes(): number {
    return 8;
  }

  protected growColumns(capacity: number): void {
    this.invokedNs = grown(new Float64Array(capacity), this.invokedNs);
  }
}

/**
 * When each send that is open was invoked for the first time. A message that was sent again may have been
 * stored by either send, so that only messages sent once are remembered. The only open send of a lane, as
 * most are, stands in an array; those beside it in a table.
 */
export class OpenSends implements StatePart {
  readonly listensTo = [EventKind.sendInvoke, EventKind.sendSettled];
  /** Of the send that this event settled; -1 when it is not known, or the message was sent again. */
  invokedNs = -1;
  readonly #state: MessageState;
  /** By lane: seq plus one of the send in the array, 0 for none, and when it was invoked. */
  #seqOfLane = new Float64Array(0);
  #invokedNsOfLane = new Float64Array(0);
  readonly #table = new InvokedSends();

  constructor(state: MessageState) {
    this.#state = state;
  }

  /** Sends that found no room. */
  get overflowed(): number {
    return this.#table.overflowed;
  }

  fold({ kind, lane: name, seq, attempt, timeNs }: EventRecord): void {
    const lane = this.#state.lanes.indexOf(name);
    if (lane < 0) return;
    const isResent = this.#state.sends.resent.get(lane, seq);
    if (kind === EventKind.sendInvoke) {
      if (attempt > 1 || isResent) this.#take(lane, seq);
      else this.#open(lane, seq, timeNs);
      return;
    }
    const invokedNs = this.#take(lane, seq);
    this.invokedNs = isResent ? -1 : invokedNs;
  }

  bytes(): number {
    return this.#table.bytes() + this.#seqOfLane.byteLength * 2;
  }

  #open(lane: number, seq: number, timeNs: number): void {
    if (lane >= this.#seqOfLane.length) this.#addLanes(this.#state.lanes.size);
    if (this.#seqOfLane[lane] === 0) {
      this.#seqOfLane[lane] = seq + 1;
      this.#invokedNsOfLane[lane] = timeNs;
      return;
    }
    const entry = this.#table.open(lane, seq);
    if (entry >= 0) this.#table.invokedNs[entry] = timeNs;
  }

  /** @returns when the send was invoked, which is forgotten; -1 when it is not known */
  #take(lane: number, seq: number): number {
    if (this.#seqOfLane[lane] === seq + 1) {
      this.#seqOfLane[lane] = 0;
      return this.#invokedNsOfLane[lane] as number;
    }
    const entry = this.#table.find(lane, seq);
    if (entry < 0) return -1;
    const invokedNs = this.#table.invokedNs[entry] as number;
    this.#table.remove(lane, seq);
    return invokedNs;
  }

  #addLanes(count: number): void {
    this.#seqOfLane = grown(new Float64Array(count), this.#seqOfLane);
    this.#invokedNsOfLane = grown(new Float64Array(count), this.#invokedNsOfLane);
  }
}

export const openSends = (state: MessageState): OpenSends => new OpenSends(state);
