import type { Outcome } from '../../engines/engine.ts';
import type { Clock } from '../core/clock.ts';
import {
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  TransactionEndCode,
} from '../core/events.ts';
import type { EventSink } from '../history/sink.ts';
import type { TransformerActorSpec } from './actor.ts';
import type { CopyBatch } from './copy-batch.ts';

/** What a transformer writes down of its transactions. Its session stands for the epoch: both only grow. */
export class TransactionJournal {
  readonly #spec: TransformerActorSpec;
  readonly #events: EventSink;
  readonly #clock: Clock;
  #ticket = 0;

  constructor(spec: TransformerActorSpec, events: EventSink, clock: Clock) {
    this.#spec = spec;
    this.#events = events;
    this.#clock = clock;
  }

  /** The transactional id is this session's: its earlier owners are fenced. */
  owned(session: number): void {
    this.#write({
      kind: EventKind.transactionInit,
      session,
      seq: session,
      outcome: OutcomeCode.ok,
    });
  }

  begun(transaction: number, session: number): void {
    this.#write({ kind: EventKind.transactionBegin, session, ref: transaction, seq: session });
  }

  /** The transaction consumes these messages. */
  read(transaction: number, batch: CopyBatch): void {
    const kind = EventKind.transactionRead;
    const { session } = batch;
    for (let i = 0; i < batch.length; i += 1) {
      if (!batch.known[i]) continue;
      const [lane, seq] = [batch.lanes[i] as number, batch.seqs[i] as number];
      this.#write({ kind, session, ref: transaction, lane, seq, scope: 0, ...this.#group });
    }
  }

  /** Offsets that join the transaction. @returns what writes their outcome down */
  including(transaction: number, batch: CopyBatch): (outcome: Outcome) => void {
    const commits = lastPlaces(batch).map(([scope, major]): Partial<EventRecord> => {
      this.#ticket += 1;
      const place = { scope, positionMajor: major + 1, flags: Flag.placed };
      const { session } = batch;
      return { session, ticket: this.#ticket, seq: transaction, ...place, ...this.#group };
    });
    for (const commit of commits) this.#write({ kind: EventKind.offsetCommitInvoke, ...commit });
    return (outcome) => {
      const settled = { kind: EventKind.offsetCommitSettled, outcome: OutcomeCode[outcome] };
      for (const commit of commits) this.#write({ ...commit, ...settled });
    };
  }

  /** @returns what writes the outcome of the end down */
  ending(
    transaction: number,
    session: number,
    end: 'commit' | 'abort',
  ): (outcome: Outcome) => void {
    const detail = TransactionEndCode[end];
    const of = { session, ref: transaction, seq: session, detail };
    this.#write({ kind: EventKind.transactionEndInvoke, ...of });
    return (outcome) =>
      this.#write({
        kind: EventKind.transactionEndSettled,
        outcome: OutcomeCode[outcome],
        ...of,
      });
  }

  get #group(): { readonly group: number } {
    return { group: this.#spec.subscription };
  }

  #write(event: Partial<EventRecord>): void {
    const timeNs = this.#clock.nowNs();
    const { actor, slot } = this.#spec;
    this.#events.append({ ...emptyEvent(), actor, timeNs, scope: slot, ...event });
  }
}

/** By scope: the position of the last copy. */
function lastPlaces({ deliveries }: CopyBatch): [scope: number, major: number][] {
  const last = new Map<number, number>();
  for (const { place } of deliveries) {
    if (place === undefined) continue;
    last.set(place.scope, Math.max(last.get(place.scope) ?? 0, place.position.major));
  }
  return [...last];
}
