import { eachOfRun } from '../../core/event-run.ts';
import { EventKind, type EventRecord } from '../../core/events.ts';
import type { CellFacts } from '../../core/facts.ts';
import { comparePositions, type Position } from '../../core/position.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { type AssignedStart, type AssignedStarts, assignedStarts } from './assigned-starts.ts';

export const belowCommitted: CheckModule = {
  id: 'G3',
  definition:
    'A member got an entry below the committed offset, although its assignment began after the commit had been answered ok, and nobody sought or committed backwards.',
  source: 'Apache Kafka KafkaConsumer: a new owner starts at the last committed offset',
  memory: '64 bytes an assignment and 64 bytes a commit in force',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription","reset":"earliest"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"p0","position":0}',
    '{"timeMs":3,"kind":"send.invoke","actor":"p","lane":"b","seq":0}',
    '{"timeMs":4,"kind":"send.settled","actor":"p","lane":"b","seq":0,"outcome":"ok","scope":"p0","position":1}',
    '{"timeMs":5,"kind":"group.assigned","actor":"c","group":"g","scope":"p0","generation":1}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"scope":"p0","position":0}',
    '{"timeMs":9,"kind":"commit.offset.invoke","actor":"c","group":"g","scope":"p0","position":1,"generation":1}',
    '{"timeMs":10,"kind":"commit.offset.settled","actor":"c","group":"g","scope":"p0","position":1,"generation":1,"outcome":"ok"}',
    '{"timeMs":11,"kind":"group.revoked","actor":"c","group":"g","scope":"p0"}',
    '{"timeMs":20,"kind":"group.assigned","actor":"d","group":"g","scope":"p0","generation":2}',
    '{"timeMs":22,"kind":"deliver","actor":"d","group":"g","lane":"b","seq":0,"scope":"p0","position":1,"requestedMs":21}',
    '{"timeMs":23,"kind":"deliver","actor":"d","group":"g","lane":"a","seq":0,"scope":"p0","position":0,"requestedMs":21}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: offsetsOfAssignments,
  create: (state, seed) => new BelowCommittedCheck(state, seed),
};

/** What both this and G7 need. */
export function offsetsOfAssignments({
  assignments,
  offsets,
  placed,
}: CellFacts): string | undefined {
  if (!assignments) return 'no assignments are recorded';
  if (!offsets) return 'no commits of offsets are recorded';
  return placed ? undefined : 'deliveries carry no places';
}

/**
 * G3, below the committed offset. Below means below every position that may have been in force since the
 * assignment: commits whose answers were still missing count. A copy that its session may have asked for
 * in an earlier assignment of the same scope is possible only.
 */
class BelowCommittedCheck implements Check {
  readonly takesRuns = true;
  readonly listensTo = [EventKind.deliver];
  readonly #state: MessageState;
  readonly #starts: AssignedStarts;
  readonly #findings: Findings;
  #judged = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#starts = state.part(assignedStarts);
    this.#findings = new Findings('G3', state.lanes, seed);
  }

  fold(event: EventRecord, count = 1): void {
    const { current } = this.#starts;
    if (current?.floor === undefined || current.isSought) return;
    if (this.#state.facts.groups[event.group]?.role !== 'subscription') return;
    this.#judged += count;
    const { floor } = current;
    // Of a run the first stands lowest.
    if (comparePositions(positionOf(event), floor) >= 0) return;
    eachOfRun(event, count, (one) => {
      if (comparePositions(positionOf(one), floor) < 0) this.#below(one, current, floor);
    });
  }

  #below({ group, scope, lane, seq }: EventRecord, of: AssignedStart, floor: Position): void {
    if (this.#starts.mayBeOlder || of.isUncertain) {
      this.#findings.possible += 1;
      return;
    }
    const kind = this.#state.delivery.status === 'repeat' ? 'again' : 'for the first time';
    const note = `delivered ${kind} from scope ${this.#state.nameOf('scope', scope)}, of which the group had committed ${floor.major}`;
    this.#findings.addForeign(kind, lane, seq, group, note);
  }

  finish(): CheckResult {
    return this.#findings.result(this.#judged);
  }
}

function positionOf({ positionMajor: major, positionMinor: minor }: EventRecord): Position {
  return { major, minor };
}
