import { EventKind, type EventRecord, OutcomeCode } from '../../core/events.ts';
import type { Findings } from '../findings.ts';
import type { MessageState } from './message-state.ts';
import { type Suspect, Suspects } from './suspects.ts';

/**
 * Findings that stand only if certain sessions had not ended: `Suspects`, told what happens to sessions.
 * What was proven or stays possible enters the findings.
 */
export class HolderWatch {
  static readonly listensTo: readonly EventKind[] = [
    EventKind.settleInvoke,
    EventKind.settleSettled,
    EventKind.sessionClosed,
    EventKind.crashed,
    EventKind.lost,
    EventKind.revoked,
  ];
  readonly #state: MessageState;
  readonly #findings: Findings;
  readonly #suspects = new Suspects();

  constructor(state: MessageState, findings: Findings) {
    this.#state = state;
    this.#findings = findings;
  }

  /** A finding at once if it depends on no session. */
  add(sessions: readonly number[], suspect: Suspect): void {
    if (sessions.length === 0) this.#count([suspect]);
    else if (!this.#suspects.add(sessions, suspect)) this.#findings.possible += 1;
  }

  fold(event: EventRecord): void {
    if (this.#suspects.isEmpty) return;
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.settleInvoke:
        return this.#suspects.settleBegan(event.session, event.ticket, event.timeNs);
      case EventKind.settleSettled: {
        if (event.outcome !== OutcomeCode.ok) return;
        return this.#count(this.#suspects.settleAnswered(event.session, event.ticket));
      }
      case EventKind.sessionClosed:
        this.#findings.possible += this.#suspects.drop(event.session).length;
        return;
      default:
        this.#holderGone(event);
    }
  }

  /** A request of the session was answered: it was connected when that was made. */
  requestAnswered(session: number, requestedNs: number): void {
    if (this.#suspects.isEmpty) return;
    this.#count(this.#suspects.requestAnswered(session, requestedNs));
  }

  /** What nothing has decided by now stays possible. */
  close(): void {
    this.#findings.possible += this.#suspects.close();
  }

  #count(proven: readonly Suspect[]): void {
    for (const { kind, index, seq, group, note } of proven) {
      this.#findings.add(kind, index, seq, group, note);
    }
  }

  /** Crash and loss are noticed late by nature: what came before the notice was caused by it. */
  #holderGone(event: EventRecord): void {
    const isNotice = event.kind !== EventKind.revoked;
    for (const session of this.#state.sessions.ofActor(event.actor)) {
      const dropped = this.#suspects.drop(session.session);
      if (!isNotice) this.#findings.possible += dropped.length;
    }
  }
}
