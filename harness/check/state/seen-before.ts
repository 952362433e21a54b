import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { MessageState } from './message-state.ts';
import { Plane } from './planes.ts';
import type { StatePart } from './state-part.ts';

/** Ask for it with `state.part(seenBefore)`. */
export function seenBefore(state: MessageState): SeenBefore {
  return new SeenBefore(state);
}

/** One group that reads everything there is: a replica's reader or a read-back. */
interface FullReader {
  readonly group: number;
  hasBegun: boolean;
  /** Some other group had the message before this one began to read. */
  readonly seen: Plane;
}

/**
 * What was certainly there when a full read began: a message that only came to light later may have been
 * stored behind its back, by a send that nobody answered. A read begins with its first event, of whatever
 * lane, so that lanes cannot be judged apart. One bit a message and full reader.
 */
export class SeenBefore implements StatePart {
  readonly listensTo: readonly EventKind[];
  /** Delivered with a place, hence as an entry that reading does not remove. */
  readonly placed: Plane;
  readonly #state: MessageState;
  readonly #readers: readonly FullReader[];
  readonly #deadLetters: ReadonlySet<number>;
  /** Sent in a transaction; made only where there are any. */
  readonly #inTransaction: Plane | undefined;

  constructor(state: MessageState) {
    this.#state = state;
    this.placed = new Plane(state.lanes);
    this.#readers = state.facts.groups.flatMap(({ role }, group) =>
      role === 'replica' || role === 'read-back'
        ? [{ group, hasBegun: false, seen: new Plane(state.lanes) }]
        : [],
    );
    this.#deadLetters = new Set(
      [...state.facts.groups.keys()].filter((group) => isOfDeadLetters(state, group)),
    );
    const hasTransactions = state.facts.transactions !== 'none';
    this.#inTransaction = hasTransactions ? new Plane(state.lanes) : undefined;
    this.listensTo = [
      EventKind.deliver,
      EventKind.sessionOpened,
      EventKind.read,
      EventKind.drainComplete,
      ...(hasTransactions ? [EventKind.sendInvoke] : []),
    ];
  }

  fold(event: EventRecord): void {
    if (event.kind === EventKind.sendInvoke) {
      if (event.ref !== 0) {
        this.#inTransaction?.set(this.#state.lanes.indexOf(event.lane), event.seq);
      }
      return;
    }
    for (const reader of this.#readers) {
      if (reader.group === event.group) reader.hasBegun = true;
    }
    if (event.kind === EventKind.deliver) this.#delivered(event);
  }

  /** Messages of the word that another group had before the full reader began. */
  word(group: number, lane: number, word: number): number {
    return this.#readers.find((reader) => reader.group === group)?.seen.word(lane, word) ?? 0;
  }

  /** Messages of the word that were sent in a transaction, which may have been aborted. */
  inTransactionWord(lane: number, word: number): number {
    return this.#inTransaction?.word(lane, word) ?? 0;
  }

  bytes(): number {
    return this.#readers.reduce(
      (sum, { seen }) => sum + seen.bytes(),
      this.placed.bytes() + (this.#inTransaction?.bytes() ?? 0),
    );
  }

  #delivered({ group, seq, flags }: EventRecord): void {
    const { status, lane } = this.#state.delivery;
    if ((status !== 'first' && status !== 'repeat') || this.#deadLetters.has(group)) return;
    if ((flags & Flag.placed) !== 0) this.placed.set(lane, seq);
    for (const { hasBegun, seen } of this.#readers) if (!hasBegun) seen.set(lane, seq);
  }
}

function isOfDeadLetters({ facts }: MessageState, group: number): boolean {
  if (facts.groups[group]?.role === 'dead-letter') return true;
  return facts.groups.some((of) => of.role === 'subscription' && of.deadLetter === group);
}
