import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  PhaseCode,
} from '../../../../harness/core/events.ts';
import { type CellFacts, type GroupFacts, plainFacts } from '../../../../harness/core/facts.ts';
import { consumerA, type Holder, HistoryBuilder } from '../history-of.ts';

export const readsFromStart: GroupFacts = {
  role: 'subscription',
  reset: 'earliest',
  attempts: 0,
  deadLetter: -1,
  requeueTo: 'any',
  filtered: false,
};

/** A log: places, assignments and offsets are recorded, and a new group starts at the beginning. */
export const logFacts: CellFacts = {
  ...plainFacts,
  groups: [readsFromStart, { role: 'read-back' }],
  placed: true,
  assignments: true,
  offsets: true,
};

export const ms = 1_000_000;

export interface CommitDetails {
  readonly to?: Holder;
  readonly scope?: number;
  readonly generation?: number;
  readonly outcome?: keyof typeof OutcomeCode;
  readonly transaction?: number;
}

/** Histories of one group of consumers; scope 0 unless told otherwise. */
export class GroupHistory extends HistoryBuilder {
  #tickets = 1_000;

  assign(to: Holder = consumerA, generation = 0, scope = 0): this {
    return this.#about(EventKind.assigned, to, { scope, ref: generation });
  }

  revoke(to: Holder = consumerA, scope = 0): this {
    return this.#about(EventKind.revoked, to, { scope });
  }

  lose(to: Holder = consumerA, scope = 0): this {
    return this.#about(EventKind.lost, to, { scope });
  }

  seek(to: Holder = consumerA, position = 0, scope = 0): this {
    return this.#about(EventKind.seeked, to, {
      scope,
      positionMajor: position,
      flags: Flag.placed,
    });
  }

  commit(position: number, details: CommitDetails = {}): this {
    return this.commitBegins(position, details).commitEnds(position, details);
  }

  commitBegins(position: number, details: CommitDetails = {}): this {
    this.#tickets += 1;
    return this.#commit(EventKind.offsetCommitInvoke, position, details, OutcomeCode.none);
  }

  /** Of the commit that began last. */
  commitEnds(position: number, details: CommitDetails = {}): this {
    const { outcome = 'ok' } = details;
    return this.#commit(EventKind.offsetCommitSettled, position, details, OutcomeCode[outcome]);
  }

  /** Seq and position from 0 to count - 1 of one lane, all in scope 0. */
  fill(count: number, lane = 0): this {
    for (let seq = 0; seq < count; seq += 1) this.send(lane, seq, 'ok', [0, seq]);
    return this;
  }

  /** The messages of `fill` at these positions; requested just before. */
  read(positions: readonly number[], to: Holder = consumerA): this {
    for (const at of positions) {
      this.deliver(0, at, { to, at: [0, at], requestedNs: this.nowNs });
    }
    return this;
  }

  /** Somebody else, of group 1, reads what `fill` wrote. */
  readElsewhere(count: number): this {
    const to = { actor: 9, session: 90 };
    for (let at = 0; at < count; at += 1) this.deliver(0, at, { to, group: 1, at: [0, at] });
    return this;
  }

  fault(kind: 'faultStarted' | 'faultStopped', ref = 0, detail = 0): this {
    return this.add({ kind: EventKind[kind], ref, detail });
  }

  phase(detail: keyof typeof PhaseCode): this {
    return this.add({ kind: EventKind.phase, detail: PhaseCode[detail] });
  }

  #commit(kind: EventKind, position: number, details: CommitDetails, outcome: OutcomeCode): this {
    const { to = consumerA, scope = 0, generation = 0, transaction = 0 } = details;
    return this.#about(kind, to, {
      scope,
      positionMajor: position,
      flags: Flag.placed,
      ticket: this.#tickets,
      ref: generation,
      seq: transaction,
      outcome,
    });
  }

  #about(kind: EventKind, { actor, session }: Holder, event: Partial<EventRecord>): this {
    return this.add({ kind, actor, session, group: 0, ...event });
  }
}

export function groupHistory(): GroupHistory {
  return new GroupHistory();
}
