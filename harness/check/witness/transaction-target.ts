import { EventKind, type EventRecord } from '../../core/events.ts';
import { isAboutMessage } from '../../core/message-kinds.ts';
import type { WitnessRecord } from '../../record/schema.ts';
import type { Culprit } from '../check.ts';
import { nameOf } from '../event-names.ts';
import { OwnEvents } from './candidates.ts';
import { type Surroundings, type WatchingTarget, witnessOf } from './target.ts';

type TransactionCulprit = Extract<Culprit, { readonly about: 'transaction' }>;

/** Messages of a transaction whose further events are kept; of larger ones the first. */
const mostMessages = 32;

/** A transaction: its beginning and end, what it consumed, and what became of the messages that it sent. */
export class TransactionTarget implements WatchingTarget {
  readonly #culprit: TransactionCulprit;
  readonly #own = new OwnEvents();
  readonly #messages = new Set<string>();

  constructor(culprit: TransactionCulprit) {
    this.#culprit = culprit;
  }

  show(event: EventRecord, order: number): void {
    if (this.#isOwn(event)) this.#own.add(event, order);
  }

  witness(surroundings: Surroundings): WitnessRecord {
    const { transaction } = this.#culprit;
    return witnessOf(
      {
        culprit: this.#culprit,
        subject: `transaction ${nameOf(surroundings.names, 'transaction', transaction)}`,
        message: '',
        own: this.#own.list().map(({ event }) => event),
        candidates: this.#own.ranked(surroundings.limit),
        total: this.#own.total,
        neighbours: [],
      },
      surroundings,
    );
  }

  #isOwn(event: EventRecord): boolean {
    const { transaction } = this.#culprit;
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.transactionBegin:
      case EventKind.transactionRead:
      case EventKind.transactionEndInvoke:
      case EventKind.transactionEndSettled:
        return event.ref === transaction;
      case EventKind.offsetCommitInvoke:
      case EventKind.offsetCommitSettled:
        return event.seq === transaction;
      case EventKind.sendInvoke:
        if (event.ref === transaction && this.#messages.size < mostMessages) {
          this.#messages.add(`${event.lane}:${event.seq}`);
        }
        return event.ref === transaction;
      default:
        return (
          this.#messages.size > 0 &&
          isAboutMessage(event.kind) &&
          this.#messages.has(`${event.lane}:${event.seq}`)
        );
    }
  }
}
