import { eachOfRun } from '../../core/event-run.ts';
import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { CellFacts } from '../../core/facts.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { type Hold, type Ownership, ownership, type ScopeHolds } from '../state/ownership.ts';

export const foreignScope: CheckModule = {
  id: 'G5',
  definition:
    'A member got a copy from a scope that was not assigned to its session: never, or requested after the assignment had ended. A copy requested before the end, or pushed, may have been on its way and is possible only.',
  source:
    'Apache Kafka system tests, VerifiableConsumer: records of partitions that are not assigned',
  memory: '64 bytes an assignment, the latest 32 of each scope and group',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"group.assigned","actor":"c","group":"g","scope":"p0","generation":1}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":3,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"p1","position":0}',
    '{"timeMs":9,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"scope":"p1","position":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ assignments, placed }: CellFacts) => {
    if (!assignments) return 'no assignments are recorded';
    return placed ? undefined : 'deliveries carry no places';
  },
  create: (state, seed) => new ForeignScopeCheck(state, seed),
};

const maxWaiting = 256;

interface Unassigned {
  readonly group: number;
  readonly scope: number;
  readonly session: number;
  readonly timeNs: number;
  readonly lane: number;
  readonly seq: number;
}

/**
 * G5, foreign scope, by what the member was told: a member that has not learned yet that it was taken for
 * dead is O9's matter. What it gets in the instant before its `assigned` callback is possible only, and a
 * crashed member that goes on for some milliseconds is not judged.
 */
class ForeignScopeCheck implements Check {
  readonly takesRuns = true;
  readonly listensTo = [EventKind.deliver, EventKind.assigned];
  readonly #state: MessageState;
  readonly #ownership: Ownership;
  readonly #findings: Findings;
  /** Deliveries from scopes that their session had never had. */
  #waiting: Unassigned[] = [];
  #judged = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#ownership = state.part(ownership);
    this.#findings = new Findings('G5', state.lanes, seed);
  }

  fold(event: EventRecord, count = 1): void {
    if (event.kind === EventKind.assigned) return this.#assigned(event);
    const { group, scope, session } = event;
    if ((event.flags & Flag.placed) === 0) return;
    if (this.#state.facts.groups[group]?.role !== 'subscription') return;
    this.#judged += count;
    const of = this.#ownership.find(group, scope);
    const hold = of?.of(session);
    if (hold?.end === 'none' || this.#state.sessions.hasCrashed(event)) return;
    eachOfRun(event, count, (one) => this.#unassigned(one, of, hold));
  }

  #unassigned(event: EventRecord, of: ScopeHolds | undefined, hold: Hold | undefined): void {
    const { group, scope, session, lane, seq, timeNs } = event;
    if (hold !== undefined) {
      const isPulled = (event.flags & Flag.pulled) !== 0;
      if (!isPulled || event.auxNs <= hold.endNs) this.#findings.possible += 1;
      else {
        const note = `requested and delivered after scope ${this.#state.nameOf('scope', scope)} had been ${hold.end}`;
        this.#findings.addForeign('after its end', lane, seq, group, note);
      }
    } else if (of?.isIncomplete === true || this.#waiting.length >= maxWaiting) {
      this.#findings.possible += 1;
    } else this.#waiting.push({ group, scope, session, timeNs, lane, seq });
  }

  finish(): CheckResult {
    for (const delivery of this.#waiting) {
      if (this.#ownership.isRecorded(delivery.group)) this.#neverAssigned(delivery);
    }
    this.#waiting = [];
    return this.#findings.result(this.#judged);
  }

  #assigned({ group, scope, session, timeNs }: EventRecord): void {
    if (this.#waiting.length === 0) return;
    const skewNs = this.#state.facts.bounds.skewMs * 1e6;
    this.#waiting = this.#waiting.filter((one) => {
      if (one.group !== group || one.scope !== scope || one.session !== session) return true;
      if (timeNs - one.timeNs <= skewNs) this.#findings.possible += 1;
      else this.#neverAssigned(one);
      return false;
    });
  }

  #neverAssigned({ lane, seq, group, scope }: Unassigned): void {
    const note = `delivered from scope ${this.#state.nameOf('scope', scope)}, which its session had not been assigned`;
    this.#findings.addForeign('never assigned', lane, seq, group, note);
  }
}
