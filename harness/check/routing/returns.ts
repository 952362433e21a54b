import { EventKind, type EventRecord } from '../../core/events.ts';
import type { MessageState } from '../state/message-state.ts';
import { Plane } from '../state/planes.ts';
import type { StatePart } from '../state/state-part.ts';

export function returnsOf(state: MessageState): Returns {
  return state.part(makeReturns);
}

function makeReturns(state: MessageState): Returns {
  return new Returns(state);
}

/** Messages that came back to their senders as unroutable: before any send of theirs was confirmed, or after. */
export class Returns implements StatePart {
  readonly listensTo = [EventKind.sendReturned];
  readonly beforeConfirm: Plane;
  readonly afterConfirm: Plane;
  readonly #state: MessageState;

  constructor(state: MessageState) {
    this.#state = state;
    this.beforeConfirm = new Plane(state.lanes);
    this.afterConfirm = new Plane(state.lanes);
  }

  fold({ lane, seq }: EventRecord): void {
    const { lanes, sends } = this.#state;
    const index = lanes.indexOf(lane);
    if (index < 0 || seq >= lanes.nextOf(index)) return;
    const of = sends.ok.get(index, seq) ? this.afterConfirm : this.beforeConfirm;
    of.set(index, seq);
  }

  word(lane: number, word: number): number {
    return this.beforeConfirm.word(lane, word) | this.afterConfirm.word(lane, word);
  }

  bytes(): number {
    return this.beforeConfirm.bytes() + this.afterConfirm.bytes();
  }
}
