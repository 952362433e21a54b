/** One consumer incarnation's connection, as far as the checks need it. */
export interface SessionState {
  readonly session: number;
  readonly actor: number;
  readonly group: number;
  /** When it is known to have been open; -1 while only its deliveries are known. */
  openedNs: number;
  /**
   * Nothing in it was handed out before this: where the same actor's previous session ended. -1 when
   * nothing is known.
   */
  notBeforeNs: number;
  ended: boolean;
}

/**
 * Sessions and crashed actors. A crash enters the history before the victim is terminated, so that a
 * victim may go on for some milliseconds: whatever it takes after its crash is as good as lost with it.
 */
export class Sessions {
  readonly #sessions = new Map<number, SessionState>();
  readonly #currentOf = new Map<number, SessionState>();
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

  /** @returns the actor's session that this one replaces, when nobody had seen it end */
  opened(session: number, actor: number, group: number, timeNs: number): SessionState | undefined {
    const before = this.#currentOf.get(actor);
    const state = this.of(session, actor, group);
    if (state.openedNs < 0) state.openedNs = timeNs;
    this.#crashed.delete(actor);
    return before !== undefined && before !== state && !before.ended ? before : undefined;
  }

  end(state: SessionState, timeNs: number): void {
    state.ended = true;
    this.#endedNs.set(state.actor, timeNs);
  }

  /** The actor's sessions that may still matter: its current one. */
  ofActor(actor: number): readonly SessionState[] {
    const current = this.#currentOf.get(actor);
    return current === undefined ? [] : [current];
  }

  crash(actor: number): SessionState | undefined {
    this.#crashed.add(actor);
    return this.#currentOf.get(actor);
  }

  hasCrashed(actor: number): boolean {
    return this.#crashed.size > 0 && this.#crashed.has(actor);
  }

  #begin(session: number, actor: number, group: number): SessionState {
    const notBeforeNs = this.#endedNs.get(actor) ?? -1;
    const state = { session, actor, group, openedNs: -1, notBeforeNs, ended: false };
    this.#sessions.set(session, state);
    this.#currentOf.set(actor, state);
    return state;
  }
}
