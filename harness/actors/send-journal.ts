import type { Outcome, Place } from '../../engines/engine.ts';
import {
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  noGroup,
  OutcomeCode,
} from '../core/events.ts';
import type { EventSink } from '../history/sink.ts';
import type { InFlight } from './in-flight.ts';

/** The input of an output, and the transaction that both are part of; 0 for none. */
export interface Derivation {
  readonly lane: number;
  readonly seq: number;
  readonly transaction: number;
}

/** What a producer writes down of the sends that are in flight. Nothing is allocated for an event. */
export class SendJournal {
  /** Session number of what is written next. */
  session = 0;
  readonly #actor: number;
  readonly #events: EventSink;
  readonly #inFlight: InFlight;
  readonly #attempts: number;
  readonly #event = emptyEvent();

  /** @param attempts how often the harness sends a message at most, which marks the final attempt */
  constructor(actor: number, events: EventSink, inFlight: InFlight, attempts: number) {
    this.#actor = actor;
    this.#events = events;
    this.#inFlight = inFlight;
    this.#attempts = attempts;
  }

  /** @param of what it is made of, where it is made of anything */
  invoked(slot: number, nowNs: number, of?: Derivation): void {
    const event = this.#about(EventKind.sendInvoke, slot, nowNs);
    event.auxNs = this.#inFlight.intendedNs[slot] as number;
    if (of !== undefined) {
      event.flags |= Flag.derived;
      event.ref = of.transaction;
      event.positionMajor = of.lane;
      event.positionMinor = of.seq;
    }
    this.#events.append(event);
  }

  returned(slot: number, nowNs: number): void {
    this.#events.append(this.#about(EventKind.sendReturned, slot, nowNs));
  }

  settled(
    slot: number,
    nowNs: number,
    outcome: Outcome,
    code: number,
    place: Place | undefined,
    attempts: number,
  ): void {
    const event = this.#about(EventKind.sendSettled, slot, nowNs);
    event.outcome = OutcomeCode[outcome];
    event.code = code;
    event.ref = attempts;
    if (place !== undefined) {
      event.flags |= Flag.placed;
      event.scope = place.scope;
      event.positionMajor = place.position.major;
      event.positionMinor = place.position.minor;
    }
    this.#events.append(event);
  }

  /** The reused event, with the fields that every event about a send has. */
  #about(kind: EventKind, slot: number, nowNs: number): EventRecord {
    const event = this.#event;
    const attempt = this.#inFlight.attempt[slot] as number;
    event.kind = kind;
    event.outcome = OutcomeCode.none;
    event.flags = attempt >= this.#attempts ? Flag.finalAttempt : 0;
    event.actor = this.#actor;
    event.group = noGroup;
    event.timeNs = nowNs;
    event.lane = this.#inFlight.lane[slot] as number;
    event.seq = this.#inFlight.seq[slot] as number;
    event.ticket = this.#inFlight.ticket[slot] as number;
    event.session = this.session;
    event.attempt = attempt;
    event.positionMajor = 0;
    event.positionMinor = 0;
    event.code = 0;
    event.auxNs = -1;
    event.scope = 0;
    event.ref = 0;
    return event;
  }
}
