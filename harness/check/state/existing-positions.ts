import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../core/events.ts';
import type { MessageState } from './message-state.ts';
import { Plane } from './planes.ts';
import { PositionSet } from './position-set.ts';
import type { StatePart } from './state-part.ts';

/** Ask for it with `state.part(existingPositions)`. */
export function existingPositions(state: MessageState): ExistingPositions {
  return new ExistingPositions(state);
}

/**
 * Positions at which an entry is proven to exist that every reader of the scope must get: a send of it was
 * answered ok with that place, or somebody got it there. Two kinds of messages prove nothing, because a
 * reader may rightly pass over them: those sent in a transaction, which may have been aborted, and those
 * of a route, which may not lead to the reader.
 */
export class ExistingPositions implements StatePart {
  readonly listensTo: readonly EventKind[];
  readonly takesRuns: boolean;
  readonly set = new PositionSet();
  readonly #state: MessageState;
  /** Sent in a transaction; made only where there are any. */
  readonly #inTransaction: Plane | undefined;

  constructor(state: MessageState) {
    this.#state = state;
    const hasTransactions = state.facts.transactions !== 'none';
    this.takesRuns = !hasTransactions;
    this.#inTransaction = hasTransactions ? new Plane(state.lanes) : undefined;
    this.listensTo = [
      EventKind.sendSettled,
      EventKind.deliver,
      ...(hasTransactions ? [EventKind.sendInvoke] : []),
    ];
  }

  /** Places that found no room, so that the set is incomplete. */
  get overflowed(): number {
    return this.set.overflowed;
  }

  fold(event: EventRecord, count = 1): void {
    const { kind, lane, seq, ref } = event;
    if (kind === EventKind.sendInvoke) {
      if (ref !== 0) this.#inTransaction?.set(this.#state.lanes.indexOf(lane), seq);
    } else if ((event.flags & Flag.placed) !== 0 && this.#proves(event)) {
      const { scope, positionMajor, positionMinor } = event;
      if (count === 1) this.set.add(scope, positionMajor, positionMinor);
      else this.set.addRun(scope, positionMajor, count);
    }
  }

  bytes(): number {
    return this.set.bytes() + (this.#inTransaction?.bytes() ?? 0);
  }

  #proves(event: EventRecord): boolean {
    const { lanes, delivery } = this.#state;
    const isSend = event.kind === EventKind.sendSettled;
    if (isSend && event.outcome !== OutcomeCode.ok) return false;
    if (!isSend && delivery.status !== 'first' && delivery.status !== 'repeat') return false;
    const index = isSend ? lanes.indexOf(event.lane) : delivery.lane;
    if (index < 0 || lanes.routeOf(index) >= 0) return false;
    return this.#inTransaction?.get(index, event.seq) !== true;
  }
}
