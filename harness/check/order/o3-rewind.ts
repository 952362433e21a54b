import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { CellFacts } from '../../core/facts.ts';
import { plural } from '../../core/plural.ts';
import { comparePositions } from '../../core/position.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { justify } from '../state/justification.ts';
import type { MessageState } from '../state/message-state.ts';
import { type ScopeRuns, scopeRuns } from '../state/scope-runs.ts';

export const rewind: CheckModule = {
  id: 'O3',
  definition:
    'Within one session and assignment the position in a scope went back or was repeated without a cause: no seek, no requeue, no end of a lease or session, no new assignment. A copy that the broker calls a redelivery is none.',
  source: 'Jepsen Kafka workload (jepsen.tests.kafka), nonmonotonic poll',
  memory: '40 bytes a session and scope',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"s","position":0}',
    '{"timeMs":3,"kind":"send.invoke","actor":"p","lane":"b","seq":0}',
    '{"timeMs":4,"kind":"send.settled","actor":"p","lane":"b","seq":0,"outcome":"ok","scope":"s","position":1}',
    '{"timeMs":5,"kind":"deliver","actor":"c","group":"g","lane":"b","seq":0,"scope":"s","position":1}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"scope":"s","position":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ placed, messageGroups }: CellFacts) => {
    if (!placed) return 'deliveries carry no place';
    return messageGroups ? 'order is kept within message groups, not over a scope' : undefined;
  },
  create: (state, seed) => new RewindCheck(state, seed),
};

/** How far one session has come in one scope. */
interface Reader {
  run: number;
  major: number;
  minor: number;
  /** The request that brought the last copy, -1 for push, and when its first copy came. */
  requestNs: number;
  answeredNs: number;
}

type Step = 'allowed' | 'possible' | 'back';

/**
 * O3, position went back. Each step back counts once: reading on from there is no further one. A copy that
 * is called a redelivery stands beside the position and does not move it, whether or not anything justifies
 * it, which is D5's question; so does an unflagged repetition that something justifies.
 *
 * Possible only: a step to what came with an earlier request that was still open, since answers may pass
 * each other; what something in the group may have brought back; a message that comes for the first time
 * where an earlier holder may have taken it with him; and late messages where messages have delays.
 */
class RewindCheck implements Check {
  readonly listensTo = [EventKind.deliver];
  readonly takesRuns = true;
  readonly #state: MessageState;
  readonly #runs: ScopeRuns;
  readonly #findings: Findings;
  readonly #readers: (Reader | undefined)[] = [];
  readonly #isProved: boolean;
  #exposure = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#runs = state.part(scopeRuns);
    this.#findings = new Findings('O3', state.lanes, seed);
    const { consumption, ackReply } = state.facts;
    this.#isProved = consumption !== 'automatic' && ackReply !== 'none';
  }

  fold(event: EventRecord, count = 1): void {
    const { slot } = this.#runs;
    if (slot < 0 || this.#state.delivery.flagged) return;
    const run = this.#runs.runOf(slot);
    const reader = this.#readers[slot];
    if (reader === undefined || reader.run !== run) {
      this.#readers[slot] = begun(event, run, count);
      this.#exposure += count - 1;
      return;
    }
    const { positionMajor: major, positionMinor: minor } = event;
    const isBack = comparePositions({ major, minor }, reader) <= 0;
    this.#exposure += count;
    // Of a run only the first can step back, and as a first delivery it moves the position.
    if (!isBack || this.#stepBack(event, reader, slot)) moveTo(reader, event, count);
  }

  finish(): CheckResult {
    const { overflowed } = this.#runs;
    if (overflowed > 0 && this.#findings.count === 0) {
      const reason = `${plural(overflowed, 'delivery was', 'deliveries were')} of more sessions and scopes than are followed`;
      return { status: 'undecided', check: 'O3', reason };
    }
    return this.#findings.result(this.#exposure);
  }

  /** @returns whether the position has moved */
  #stepBack(event: EventRecord, reader: Reader, slot: number): boolean {
    const step = this.#judge(event, reader, slot);
    if (step === 'possible') this.#findings.possible += 1;
    if (step === 'back') {
      const isSame = reader.major === event.positionMajor && reader.minor === event.positionMinor;
      const note = `came after position ${placeText(reader.major, reader.minor)} of its scope, for no reason`;
      const kind = isSame ? 'repeated' : 'back';
      this.#findings.add(kind, this.#state.delivery.lane, event.seq, event.group, note);
    }
    return step !== 'allowed';
  }

  #judge(event: EventRecord, reader: Reader, slot: number): Step {
    const view = this.#state.delivery;
    const group = this.#state.groups[event.group];
    if (group === undefined) return 'allowed';
    const isInTurn = isAfterAnswer(event, reader);
    if (view.status === 'repeat' && view.copy !== 'second') {
      const justification = justify(view, group, event, this.#isProved);
      if (justification === 'yes') return 'allowed';
      // Whatever befell others after the settlement, the scope is this reader's alone.
      const isOnlyReader = view.done && this.#runs.isOwned(slot);
      const isCertain = view.copy === 'same' && (justification === 'no' || isOnlyReader);
      return isInTurn && isCertain ? 'back' : 'possible';
    }
    const { leased, timed } = this.#state.facts;
    const nothingEver = !leased && group.lastCauseNs === Number.NEGATIVE_INFINITY;
    const isFirst = view.flagKnown || this.#runs.isOwned(slot) || nothingEver;
    return isInTurn && isFirst && !timed ? 'back' : 'possible';
  }
}

function begun(event: EventRecord, run: number, count: number): Reader {
  const reader = { run, major: 0, minor: 0, requestNs: -1, answeredNs: -1 };
  moveTo(reader, event, count);
  return reader;
}

function moveTo(reader: Reader, event: EventRecord, count: number): void {
  reader.major = event.positionMajor + count - 1;
  reader.minor = event.positionMinor;
  const requestNs = requestOf(event);
  if (requestNs >= 0 && requestNs === reader.requestNs) return;
  reader.requestNs = requestNs;
  reader.answeredNs = event.timeNs;
}

function requestOf({ flags, auxNs }: EventRecord): number {
  return (flags & Flag.pulled) === 0 ? -1 : auxNs;
}

/** Pushed in the session's order, of one answer, or asked for when the earlier answer was there. */
function isAfterAnswer(event: EventRecord, reader: Reader): boolean {
  const requestNs = requestOf(event);
  return requestNs === reader.requestNs || (requestNs >= 0 && requestNs >= reader.answeredNs);
}

function placeText(major: number, minor: number): string {
  return minor === 0 ? String(major) : `${major}.${minor}`;
}
