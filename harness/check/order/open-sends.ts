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
 * stored by either send, so that only messages sent once are remembered.
 */
export class OpenSends implements StatePart {
  readonly listensTo = [EventKind.sendInvoke, EventKind.sendSettled];
  /** Of the send that this event settled; -1 when it is not known, or the message was sent again. */
  invokedNs = -1;
  readonly #state: MessageState;
  readonly #table = new InvokedSends();

  constructor(state: MessageState) {
    this.#state = state;
  }

  /** Sends that found no room. */
  get overflowed(): number {
    return this.#table.overflowed;
  }

  fold(event: EventRecord): void {
    const lane = this.#state.lanes.indexOf(event.lane);
    if (lane < 0) return;
    if (event.kind === EventKind.sendInvoke) {
      if (event.attempt > 1 || this.#state.sends.resent.get(lane, event.seq)) {
        this.#table.remove(lane, event.seq);
        return;
      }
      const entry = this.#table.open(lane, event.seq);
      if (entry >= 0) this.#table.invokedNs[entry] = event.timeNs;
      return;
    }
    const entry = this.#table.find(lane, event.seq);
    const isOnce = entry >= 0 && !this.#state.sends.resent.get(lane, event.seq);
    this.invokedNs = isOnce ? (this.#table.invokedNs[entry] as number) : -1;
    this.#table.remove(lane, event.seq);
  }

  bytes(): number {
    return this.#table.bytes();
  }
}

export const openSends = (state: MessageState): OpenSends => new OpenSends(state);
