import { EventKind, type EventRecord } from '../../core/events.ts';
import type { MessageState } from '../state/message-state.ts';

/** A group that got nothing for so long, or for a quarter of the slack, may have asked for nothing. */
const longestGapNs = 1e9;

/**
 * Since when each group has been asking for messages: for certain, as it got some all the time, and as far
 * as its open sessions tell.
 */
export class Service {
  static readonly listensTo: readonly EventKind[] = [
    EventKind.deliver,
    EventKind.sessionOpened,
    EventKind.sessionClosed,
    EventKind.crashed,
  ];
  readonly #state: MessageState;
  readonly #gapNs: number;
  readonly #servedSinceNs: number[];
  readonly #lastNs: number[];
  readonly #open: readonly Set<number>[];
  /** Infinite while no session is open; without any session event they are taken for open. */
  readonly #openSinceNs: number[];

  constructor(state: MessageState, slackNs: number) {
    this.#state = state;
    this.#gapNs = Math.min(longestGapNs, slackNs / 4);
    this.#servedSinceNs = state.groups.map(() => 0);
    this.#lastNs = state.groups.map(() => Number.NEGATIVE_INFINITY);
    this.#open = state.groups.map(() => new Set());
    this.#openSinceNs = state.groups.map(() => Number.NEGATIVE_INFINITY);
  }

  fold(event: EventRecord): void {
    const kind: number = event.kind;
    const { group, session, timeNs } = event;
    switch (kind) {
      case EventKind.deliver:
        if (timeNs - (this.#lastNs[group] ?? 0) > this.#gapNs) this.#servedSinceNs[group] = timeNs;
        this.#lastNs[group] = timeNs;
        return;
      case EventKind.sessionOpened:
        if (this.#open[group]?.size === 0) this.#openSinceNs[group] = timeNs;
        this.#open[group]?.add(session);
        return;
      case EventKind.sessionClosed:
        return this.#ended(session);
      default:
        for (const of of this.#state.sessions.ofActor(event.actor)) this.#ended(of.session);
    }
  }

  servedSinceNs(group: number): number {
    return this.#servedSinceNs[group] ?? 0;
  }

  openSinceNs(group: number): number {
    return this.#openSinceNs[group] ?? 0;
  }

  #ended(session: number): void {
    this.#open.forEach((open, group) => {
      if (open.delete(session) && open.size === 0) {
        this.#openSinceNs[group] = Number.POSITIVE_INFINITY;
      }
    });
  }
}
