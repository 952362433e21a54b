import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../core/events.ts';
import type { MessageState } from './message-state.ts';
import type { StatePart } from './state-part.ts';

/** A settlement without an answer is not waited for any longer than this. */
const patienceNs = 1e9;

interface Probe {
  ticket: number;
  beganNs: number;
  /** When the latest settlement began that was answered. */
  answeredNs: number;
}

/**
 * When the broker handed out what was delivered: callback time is not broker time. A pulled copy was
 * handed out after its request; a pushed one may have waited in the consumer, but it was handed out after
 * every settlement of its session whose answer came before it, because a session tells what comes in its
 * order, and after its session was opened.
 */
export class HandOuts implements StatePart {
  readonly listensTo = [EventKind.deliver, EventKind.settleInvoke, EventKind.settleSettled];
  /** Of the latest delivery of a message: it was handed out at this instant or later; -1 if nothing is known. */
  notBeforeNs = -1;
  readonly #state: MessageState;
  readonly #probes = new Map<number, Probe>();
  #anyPushed = false;

  constructor(state: MessageState) {
    this.#state = state;
  }

  fold(event: EventRecord): void {
    if (event.kind === EventKind.deliver) this.#deliver(event);
    else if (this.#anyPushed) this.#settle(event);
  }

  bytes(): number {
    return this.#probes.size * 64;
  }

  #deliver({ flags, auxNs, session }: EventRecord): void {
    if ((flags & Flag.pulled) !== 0) {
      this.notBeforeNs = auxNs;
      return;
    }
    this.#anyPushed = true;
    const answeredNs = this.#probes.get(session)?.answeredNs ?? -1;
    this.notBeforeNs = Math.max(this.#state.delivery.sessionOpenedNs, answeredNs);
  }

  #settle({ kind, session, ticket, timeNs, outcome }: EventRecord): void {
    const probe = this.#probes.get(session);
    if (kind === EventKind.settleInvoke) {
      if (probe === undefined) {
        this.#probes.set(session, { ticket, beganNs: timeNs, answeredNs: -1 });
      } else if (probe.ticket < 0 || timeNs - probe.beganNs > patienceNs) {
        probe.ticket = ticket;
        probe.beganNs = timeNs;
      }
      return;
    }
    if (probe?.ticket !== ticket) return;
    probe.ticket = -1;
    if (outcome === OutcomeCode.ok) probe.answeredNs = probe.beganNs;
  }
}

export function handOuts(state: MessageState): HandOuts {
  return new HandOuts(state);
}

/**
 * Whether a delivery was certainly handed out after what its history shows at `sinceNs` in `session`. The
 * callbacks of one session run in the order in which the broker handed out.
 */
export function isHandedOutAfter(event: EventRecord, sinceNs: number, session: number): boolean {
  if ((event.flags & Flag.pulled) !== 0) return event.auxNs >= sinceNs;
  return event.session === session;
}
