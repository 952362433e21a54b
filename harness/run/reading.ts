import { EventKind, type EventRecord, Flag, OutcomeCode } from '../core/events.ts';
import { mostReadingRows, type ReadingRecord } from '../record/reading-schema.ts';
import { AcknowledgedMessages } from './acknowledged-messages.ts';
import { Countdown } from './countdown.ts';

/** Of more of them nothing is told. */
const mostLanes = 65_536;

interface Hand {
  delivered: number;
  held: number;
  mostHeld: number;
}

interface Standing {
  stored: number;
  /** Positions after the last one that was stored, and after the furthest that was delivered. */
  end: number;
  read: number;
  mostUnread: number;
}

/** As far as a cell tells them apart. */
export interface Reader {
  readonly actor: number;
  readonly name: string;
}

/**
 * What each consumer of the first subscription had in its hands at most, and how far the reading of each scope was
 * behind at most. A copy is in hand from its delivery until it is processed, or its session is gone.
 */
export class Reading {
  /** Nothing is in it where nobody reads again. */
  readonly acknowledged = new AcknowledgedMessages();
  readonly #readsAgain: boolean;
  readonly #hands = new Map<number, Hand>();
  readonly #scopes = new Map<number, Standing>();
  readonly #countdown = new Countdown();
  /** The scope that a lane’s messages went to first; -1: to several. */
  readonly #scopeOfLane = new Map<number, number>();
  readonly #newestOfLane = new Map<number, number>();

  /** @param readsAgain whether somebody comes who reads what was read: for that it takes a million messages at most */
  constructor(readsAgain = false) {
    this.#readsAgain = readsAgain;
  }

  observe(event: EventRecord): void {
    this.#countdown.observe(event);
    if (this.#readsAgain) this.acknowledged.observe(event);
    switch (event.kind) {
      case EventKind.deliver:
        if (event.group === 0) this.#delivered(event);
        return;
      case EventKind.processDone:
        if (event.group === 0) this.#processed(event.actor);
        return;
      case EventKind.sendSettled:
        if (event.outcome === OutcomeCode.ok) this.#acknowledged(event);
        return;
      case EventKind.sessionClosed:
      case EventKind.crashed: {
        const hand = this.#hands.get(event.actor);
        if (hand !== undefined) hand.held = 0;
        return;
      }
      default:
    }
  }

  /**
   * @param readers all that came for the first subscription
   * @param isDense whether each position of a scope is a message
   */
  record(readers: readonly Reader[], { isDense }: { readonly isDense: boolean }): ReadingRecord {
    const scopes = [...this.#scopes]
      .filter(([, { stored }]) => stored > 0)
      .toSorted(([one], [other]) => one - other);
    return {
      consumers: readers.slice(0, mostReadingRows).map(({ actor, name }) => {
        const { delivered, mostHeld } = this.#handOf(actor);
        return { name, delivered, mostHeld };
      }),
      consumersTotal: readers.length,
      scopes: scopes
        .slice(0, mostReadingRows)
        .map(([scope, { stored, mostUnread }]) => ({ scope, stored, mostUnread })),
      scopesTotal: scopes.length,
      keys: {
        stored: this.#scopeOfLane.size,
        inSeveral: [...this.#scopeOfLane.values()].filter((scope) => scope < 0).length,
      },
      countdown: isDense ? this.#countdown.record() : null,
    };
  }

  /** By lane the highest number that was acknowledged; of more lanes than are looked at nothing. */
  newestAcknowledged(): ReadonlyMap<number, number> {
    return this.#newestOfLane;
  }

  #acknowledged(event: EventRecord): void {
    const { lane, seq } = event;
    const newest = this.#newestOfLane.get(lane);
    if (newest !== undefined || this.#newestOfLane.size < mostLanes) {
      this.#newestOfLane.set(lane, Math.max(seq, newest ?? 0));
    }
    if (isPlaced(event)) this.#stored(event);
  }

  /** What was in hand when its session went may be processed all the same. */
  #processed(actor: number): void {
    const hand = this.#handOf(actor);
    hand.held = Math.max(0, hand.held - 1);
  }

  #delivered(event: EventRecord): void {
    const hand = this.#handOf(event.actor);
    hand.delivered += 1;
    hand.held += 1;
    hand.mostHeld = Math.max(hand.mostHeld, hand.held);
    if (!isPlaced(event)) return;
    const standing = this.#standingOf(event.scope);
    standing.read = Math.max(standing.read, event.positionMajor + 1);
  }

  #stored(event: EventRecord): void {
    const standing = this.#standingOf(event.scope);
    standing.stored += 1;
    this.#placed(event);
    standing.end = Math.max(standing.end, event.positionMajor + 1);
    standing.mostUnread = Math.max(standing.mostUnread, standing.end - standing.read);
  }

  #placed({ lane, scope }: EventRecord): void {
    const known = this.#scopeOfLane.get(lane);
    if (known === undefined) {
      if (this.#scopeOfLane.size < mostLanes) this.#scopeOfLane.set(lane, scope);
    } else if (known !== scope) this.#scopeOfLane.set(lane, -1);
  }

  #handOf(actor: number): Hand {
    const known = this.#hands.get(actor);
    if (known !== undefined) return known;
    const hand = { delivered: 0, held: 0, mostHeld: 0 };
    this.#hands.set(actor, hand);
    return hand;
  }

  #standingOf(scope: number): Standing {
    const known = this.#scopes.get(scope);
    if (known !== undefined) return known;
    const standing = { stored: 0, end: 0, read: 0, mostUnread: 0 };
    this.#scopes.set(scope, standing);
    return standing;
  }
}

function isPlaced({ flags }: EventRecord): boolean {
  return (flags & Flag.placed) !== 0;
}
