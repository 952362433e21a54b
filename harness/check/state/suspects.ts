/** A repeated delivery that is unjustified if its previous holder was still connected. */
export interface Suspect {
  readonly index: number;
  readonly seq: number;
  readonly group: number;
  readonly timeNs: number;
  readonly kind: string;
  readonly note: string;
}

interface Watched {
  suspects: Suspect[];
  /** When settlements began, by ticket, while somebody was suspected. */
  readonly begunNs: Map<number, number>;
}

const maxSuspects = 4_096;
/** Settlements without an answer that are remembered for each session, the latest of them. */
const maxBegun = 256;

/**
 * Repeated deliveries that wait for a sign of life of their previous holder. An end of a session is
 * written down when somebody notices it, which may be later than the redelivery that it caused; but a
 * settlement that the holder began after the redelivery, and that was answered well, proves that its
 * session had not ended. Where nothing settles, a request answered after it has to do.
 */
export class Suspects {
  readonly #watched = new Map<number, Watched>();
  #size = 0;

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** @returns false when there is no room, so that it must be taken for possible */
  add(holderSession: number, suspect: Suspect): boolean {
    if (this.#size >= maxSuspects) return false;
    let watched = this.#watched.get(holderSession);
    if (watched === undefined) {
      watched = { suspects: [], begunNs: new Map() };
      this.#watched.set(holderSession, watched);
    }
    watched.suspects.push(suspect);
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
    this.#size -= watched.suspects.length;
    return watched.suspects;
  }

  /** @returns how many were never decided */
  close(): number {
    const left = this.#size;
    this.#watched.clear();
    this.#size = 0;
    return left;
  }

  #takeUntil(session: number, watched: Watched, timeNs: number): readonly Suspect[] {
    const proven = watched.suspects.filter((suspect) => suspect.timeNs <= timeNs);
    watched.suspects = watched.suspects.filter((suspect) => suspect.timeNs > timeNs);
    this.#size -= proven.length;
    if (watched.suspects.length === 0) this.#watched.delete(session);
    return proven;
  }
}
