/** A repeated delivery that is unjustified if neither of its sessions had ended. */
export interface Suspect {
  readonly index: number;
  readonly seq: number;
  readonly group: number;
  readonly timeNs: number;
  readonly kind: string;
  readonly note: string;
}

/** Waits for signs of life of several sessions, of which the first that ends decides. */
interface Case {
  readonly suspect: Suspect;
  waitsFor: number;
  isClosed: boolean;
}

interface Watched {
  cases: Case[];
  /** When settlements began, by ticket, while somebody was suspected. */
  readonly begunNs: Map<number, number>;
}

const maxSuspects = 4_096;
/** Settlements without an answer that are remembered for each session, the latest of them. */
const maxBegun = 256;

/**
 * Repeated deliveries that wait for a sign of life of the sessions whose end would justify them: that of
 * the other holder, and, where this copy may have been handed out first and called back late, its own. An
 * end is written down when somebody notices it, which may be later than the redelivery that it caused; but
 * a settlement that the session began after the redelivery, and that was answered well, proves that it had
 * not ended. Where nothing settles, a request answered after it has to do.
 */
export class Suspects {
  readonly #watched = new Map<number, Watched>();
  #size = 0;

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** @returns false when there is no room, so that it must be taken for possible */
  add(sessions: readonly number[], suspect: Suspect): boolean {
    if (this.#size >= maxSuspects) return false;
    const open = { suspect, waitsFor: sessions.length, isClosed: false };
    for (const session of sessions) this.#watchedOf(session).cases.push(open);
    this.#size += 1;
    return true;
  }

  settleBegan(session: number, ticket: number, timeNs: number): void {
    const begunNs = this.#watched.get(session)?.begunNs;
    if (begunNs === undefined || begunNs.has(ticket)) return;
    begunNs.set(ticket, timeNs);
    for (const oldest of begunNs.keys()) {
      if (begunNs.size <= maxBegun) return;
      begunNs.delete(oldest);
    }
  }

  /** @returns the suspects that this proves to have been unjustified */
  settleAnswered(session: number, ticket: number): readonly Suspect[] {
    const watched = this.#watched.get(session);
    const begunNs = watched?.begunNs.get(ticket);
    if (watched === undefined || begunNs === undefined) return [];
    return this.#takeUntil(session, watched, begunNs);
  }

  /** @returns as `settleAnswered`: a request of the session after them was answered */
  requestAnswered(session: number, requestedNs: number): readonly Suspect[] {
    const watched = this.#watched.get(session);
    return watched === undefined ? [] : this.#takeUntil(session, watched, requestedNs);
  }

  /** @returns the suspects of a session that ended, which nothing will decide any more */
  drop(session: number): readonly Suspect[] {
    const watched = this.#watched.get(session);
    if (watched === undefined) return [];
    this.#watched.delete(session);
    return this.#close(watched.cases);
  }

  /** @returns how many were never decided */
  close(): number {
    const left = this.#size;
    this.#watched.clear();
    this.#size = 0;
    return left;
  }

  #watchedOf(session: number): Watched {
    const known = this.#watched.get(session);
    if (known !== undefined) return known;
    const watched = { cases: [], begunNs: new Map() };
    this.#watched.set(session, watched);
    return watched;
  }

  #takeUntil(session: number, watched: Watched, timeNs: number): readonly Suspect[] {
    const shown = watched.cases.filter(({ suspect }) => suspect.timeNs <= timeNs);
    watched.cases = watched.cases.filter(({ suspect }) => suspect.timeNs > timeNs);
    if (watched.cases.length === 0) this.#watched.delete(session);
    for (const open of shown) open.waitsFor -= 1;
    return this.#close(shown.filter(({ waitsFor }) => waitsFor === 0));
  }

  #close(cases: readonly Case[]): readonly Suspect[] {
    const open = cases.filter(({ isClosed }) => !isClosed);
    for (const each of open) each.isClosed = true;
    this.#size -= open.length;
    return open.map(({ suspect }) => suspect);
  }
}
