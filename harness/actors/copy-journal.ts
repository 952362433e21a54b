import type { Delivery } from '../../engines/engine.ts';
import type { Clock } from '../core/clock.ts';
import {
  DeadLetterCause,
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  noLane,
  OutcomeCode,
} from '../core/events.ts';
import type { EventSink } from '../history/sink.ts';
import type { ActorSpec, ConsumerActorSpec } from './actor.ts';
import type { CopyBatch } from './copy-batch.ts';
import type { CopyReader, CopyVerdict } from './copy-reader.ts';

export type Reader = Pick<ActorSpec, 'actor'> &
  Pick<ConsumerActorSpec, 'subscription'> & {
    readonly deadLetters?: ConsumerActorSpec['deadLetters'];
  };

/** What an actor that reads writes down, settlements aside. */
export class CopyJournal {
  readonly #spec: Reader;
  readonly #events: EventSink;
  readonly #clock: Clock;
  readonly #event = emptyEvent();

  constructor(spec: Reader, events: EventSink, clock: Clock) {
    this.#spec = spec;
    this.#events = events;
    this.#clock = clock;
  }

  /** The copy that `reader` has just read: as delivered if it is a message of the cell, and as corrupted if damaged. */
  delivered(
    session: number,
    copy: Delivery,
    verdict: CopyVerdict,
    reader: CopyReader,
    nowNs: number,
  ): void {
    const isKnown = verdict !== 'unknown';
    const event = this.#about(EventKind.deliver, session, copy, nowNs);
    event.lane = isKnown ? reader.header.lane : noLane;
    event.seq = isKnown ? reader.header.seq : 0;
    if (verdict !== 'intact') {
      event.kind = EventKind.corrupted;
      event.detail = reader.detail;
      this.#events.append(event);
      event.kind = EventKind.deliver;
      event.detail = 0;
    }
    if (!isKnown) return;
    if ((copy.attempt ?? 1) === 1 && copy.redelivered !== true) this.#buried(copy, event);
    this.#events.append(event);
  }

  /** When it was moved nobody tells; it is known of from now on. */
  #buried({ death }: Delivery, { timeNs, lane, seq }: EventRecord): void {
    const { actor, deadLetters } = this.#spec;
    if (deadLetters === undefined || (death === undefined && !deadLetters.sayWhy)) return;
    this.#events.append({
      ...emptyEvent(),
      kind: EventKind.deadLettered,
      actor,
      group: deadLetters.of,
      timeNs,
      lane,
      seq,
      detail: DeadLetterCause[death?.cause ?? 'missing'],
      attempt: death?.deliveries ?? 0,
    });
  }

  processing(
    kind: typeof EventKind.processStart | typeof EventKind.processDone,
    batch: CopyBatch,
    mayProcess: (index: number) => boolean,
  ): void {
    const nowNs = this.#clock.nowNs();
    for (let i = 0; i < batch.length; i += 1) {
      const copy = batch.deliveries[i];
      if (copy === undefined || !batch.known[i] || !mayProcess(i)) continue;
      const event = this.#about(kind, batch.session, copy, nowNs);
      event.lane = batch.lanes[i] as number;
      event.seq = batch.seqs[i] as number;
      this.#events.append(event);
    }
  }

  /** Copies that this reader has moved to dead letters, after so many attempts. */
  setAside(batch: CopyBatch, attempts: number): void {
    const timeNs = this.#clock.nowNs();
    for (let i = 0; i < batch.length; i += 1) {
      this.#events.append({
        ...emptyEvent(),
        kind: EventKind.deadLettered,
        actor: this.#spec.actor,
        group: this.#spec.subscription,
        session: batch.session,
        timeNs,
        lane: batch.lanes[i] as number,
        seq: batch.seqs[i] as number,
        detail: DeadLetterCause.rejected,
        attempt: attempts,
      });
    }
  }

  /** What became of the effects of the copies on a sink; `none`: there was nothing to become of. */
  effects(batch: CopyBatch, outcomeOf: (index: number) => OutcomeCode, sink = 0): void {
    const nowNs = this.#clock.nowNs();
    for (let i = 0; i < batch.length; i += 1) {
      const outcome = outcomeOf(i);
      if (!batch.known[i] || outcome === OutcomeCode.none) continue;
      this.#events.append({
        ...emptyEvent(),
        kind: EventKind.effectApplied,
        scope: sink,
        outcome,
        actor: this.#spec.actor,
        group: this.#spec.subscription,
        session: batch.session,
        timeNs: nowNs,
        lane: batch.lanes[i] as number,
        seq: batch.seqs[i] as number,
      });
    }
  }

  scopes(
    kind: typeof EventKind.assigned | typeof EventKind.revoked | typeof EventKind.lost,
    session: number,
    scopes: readonly number[],
    generation: number,
  ): void {
    const timeNs = this.#clock.nowNs();
    for (const scope of scopes) {
      this.#events.append({
        ...emptyEvent(),
        kind,
        actor: this.#spec.actor,
        group: this.#spec.subscription,
        session,
        timeNs,
        scope,
        ref: generation >>> 0,
      });
    }
  }

  /** The reused event with what the delivery says; lane and seq are the caller's. */
  #about(kind: EventKind, session: number, copy: Delivery, nowNs: number): EventRecord {
    const event = this.#event;
    event.kind = kind;
    event.actor = this.#spec.actor;
    event.group = this.#spec.subscription;
    event.session = session;
    event.timeNs = nowNs;
    event.detail = 0;
    event.attempt = copy.attempt ?? 0;
    event.flags =
      (copy.redelivered === true ? Flag.redelivered : 0) |
      (copy.redelivered === undefined ? 0 : Flag.flagKnown) |
      (copy.place === undefined ? 0 : Flag.placed) |
      (copy.requestedNs === undefined ? 0 : Flag.pulled);
    event.scope = copy.place?.scope ?? 0;
    event.positionMajor = copy.place?.position.major ?? 0;
    event.positionMinor = copy.place?.position.minor ?? 0;
    event.auxNs = copy.requestedNs ?? -1;
    event.ref = copy.leaseMs ?? 0;
    return event;
  }
}
