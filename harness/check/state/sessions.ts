import type { EventRecord } from '../../core/events.ts';

/** One consumer incarnation's connection, as far as the checks need it. */
export interface SessionState {
  readonly session: number;
  readonly actor: number;
  readonly group: number;
  /** When it is known to have been open; -1 while only its deliveries are known. */
  openedNs: number;
  /** Its actor crashed after it had begun. */
  crashed: boolean;
  /** Nothing in it was handed out before the actor's previous session ended; -1 without any. */
  readonly notBeforeNs: number;
}

/**
 * Sessions and crashed actors. A crash enters the history before the victim is terminated, so that a
 * victim may go on for some milliseconds: whatever it takes after its crash is as good as lost with it.
 */
export class Sessions {
  readonly #sessions = new Map<number, SessionState>();
  readonly #ofActor = new Map<number, SessionState[]>();
  readonly #crashed = new Set<number>();
  readonly #endedNs = new Map<number, number>();
  #last: SessionState | undefined;

  /** The session a delivery names, made on first sight: callbacks may run before `session.opened`. */
  of(session: number, actor: number, group: number): SessionState {
    if (this.#last?.session === session) return this.#last;
    const state = this.#sessions.get(session) ?? this.#begin(session, actor, group);
    this.#last = state;
    return state;
  }

  find(session: number): SessionState | undefined {
    return this.#sessions.get(session);
  }

  /** Every session that the actor ever had. */
  ofActor(actor: number): readonly SessionState[] {
    return this.#ofActor.get(actor) ?? [];
  }

  /** Every group in which the actor ever had one. */
  groupsOf(actor: number): ReadonlySet<number> {
    return new Set(this.ofActor(actor).map(({ group }) => group));
  }

  opened(session: number, actor: number, group: number, timeNs: number): void {
    const state = this.of(session, actor, group);
    if (state.openedNs < 0) state.openedNs = timeNs;
    this.#crashed.delete(actor);
  }

  ended(actor: number, timeNs: number): void {
    this.#endedNs.set(actor, timeNs);
  }

  crash(actor: number, timeNs: number): void {
    this.#crashed.add(actor);
    for (const session of this.ofActor(actor)) session.crashed = true;
    this.#endedNs.set(actor, timeNs);
  }

  /** A session that is first seen after the crash is the life of a successor, told of or not. */
  hasCrashed({ actor, session }: Pick<EventRecord, 'actor' | 'session'>): boolean {
    if (this.#crashed.size === 0 || !this.#crashed.has(actor)) return false;
    return this.#sessions.get(session)?.crashed ?? true;
  }

  #begin(session: number, actor: number, group: number): SessionState {
    const notBeforeNs = this.#endedNs.get(actor) ?? -1;
    const state = { session, actor, group, openedNs: -1, crashed: false, notBeforeNs };
    this.#sessions.set(session, state);
    const siblings = this.#ofActor.get(actor) ?? [];
    this.#ofActor.set(actor, siblings);
    siblings.push(state);
    return state;
  }
}
