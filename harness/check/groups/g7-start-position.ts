import { EventKind, type EventRecord } from '../../core/events.ts';
import { comparePositions, type Position } from '../../core/position.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { type ExistingPositions, existingPositions } from '../state/existing-positions.ts';
import type { MessageState } from '../state/message-state.ts';
import { type AssignedStart, type AssignedStarts, assignedStarts } from './assigned-starts.ts';
import { offsetsOfAssignments } from './g3-below-committed.ts';
import { type GroupPassage, groupPassage } from './group-passage.ts';
import { placeText, startsAtEarliest } from './skipped-entries.ts';

export const startPosition: CheckModule = {
  id: 'G7',
  definition:
    'The first entry that a member got after an assignment is not the one at the committed offset, or the next that exists after it; where nothing was committed, not the first one of a group that starts at the earliest.',
  source:
    'Redpanda chaos tests, rw-subscribe; Apache Kafka consumer configuration auto.offset.reset',
  memory: '64 bytes an assignment and 64 bytes a commit in force',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription","reset":"earliest"},"r":{"role":"read-back"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"p0","position":0}',
    '{"timeMs":3,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":4,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok","scope":"p0","position":1}',
    '{"timeMs":5,"kind":"group.assigned","actor":"c","group":"g","scope":"p0","generation":1}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":1,"scope":"p0","position":1}',
    '{"timeMs":6.5,"kind":"deliver","actor":"r","group":"r","lane":"a","seq":0,"scope":"p0","position":0}',
    '{"timeMs":7,"kind":"commit.offset.invoke","actor":"c","group":"g","scope":"p0","position":2,"generation":1}',
    '{"timeMs":8,"kind":"commit.offset.settled","actor":"c","group":"g","scope":"p0","position":2,"generation":1,"outcome":"ok"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: offsetsOfAssignments,
  create: (state, seed) => new StartPositionCheck(state, seed),
};

/** A start beyond where it should have been: right if nothing existed in between. */
interface LateStart {
  readonly group: number;
  readonly scope: number;
  readonly atNs: number;
  readonly from: readonly Position[];
  readonly position: Position;
  readonly isCertain: boolean;
}

const maxLate = 4_096;
const beginning: Position = { major: -1, minor: 0 };

/**
 * G7, the start of an assignment. Every position that may have been in force as the committed one is right;
 * whether something existed before a later start is known at the end, and certain if anybody has read it. Where nothing was committed, a group
 * that starts at the latest is not judged: nobody can tell what was the latest at that instant.
 */
class StartPositionCheck implements Check {
  readonly takesRuns = true;
  readonly listensTo = [EventKind.deliver, EventKind.corrupted];
  readonly #state: MessageState;
  readonly #starts: AssignedStarts;
  readonly #existing: ExistingPositions;
  readonly #passage: GroupPassage;
  readonly #findings: Findings;
  readonly #late: LateStart[] = [];
  #judged = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#existing = state.part(existingPositions);
    this.#starts = state.part(assignedStarts);
    this.#passage = state.part(groupPassage);
    this.#findings = new Findings('G7', state.lanes, seed);
  }

  /** Of a run only the first can be the first of its assignment. */
  fold(event: EventRecord): void {
    const { current, isFirst } = this.#starts;
    if (current === undefined || !isFirst || current.isSought) return;
    const { group } = event;
    if (this.#state.facts.groups[group]?.role !== 'subscription') return;
    if (!current.isCommitted && !startsAtEarliest(this.#state, group)) return;
    this.#judged += 1;
    this.#look(event, current);
  }

  finish(): CheckResult {
    for (const late of this.#late) {
      const between = late.from.map((from) => this.#between(late, from));
      if (between.includes('nothing')) continue;
      const isKnown = this.#state.groups[late.group]?.allPlaced === true;
      const isCertain = late.isCertain && isKnown && !this.#passage.isExcused(late.group);
      this.#count('too late', late, isCertain && !between.includes('unread'));
    }
    this.#late.length = 0;
    return this.#findings.result(this.#judged);
  }

  #look(event: EventRecord, { candidates, isCommitted, isUncertain }: AssignedStart): void {
    const { group, scope, timeNs: atNs, positionMajor: major, positionMinor: minor } = event;
    const position = { major, minor };
    const right = isCommitted ? candidates : [...candidates, beginning];
    if (right.some((one) => comparePositions(one, position) === 0)) return;
    const from = right.filter((one) => comparePositions(one, position) < 0);
    const isCertain = !isUncertain && !this.#starts.mayBeOlder;
    const start = { group, scope, atNs, from, position, isCertain };
    if (from.length === 0) this.#count('too early', start, isCertain);
    else if (this.#late.length < maxLate) this.#late.push(start);
    else this.#findings.possible += 1;
  }

  /** What nobody has read may have been lost before the member came to it. */
  #between({ scope, position }: LateStart, from: Position): 'nothing' | 'unread' | 'read' {
    const { set } = this.#existing;
    let found: 'nothing' | 'unread' | 'read' = 'nothing';
    const look = (major: number, minor: number): void => {
      if (found === 'read') return;
      found = this.#passage.isRead(scope, { major, minor }) ? 'read' : 'unread';
    };
    if (set.has(scope, from.major, from.minor)) look(from.major, from.minor);
    set.eachBetween(scope, from, position, look);
    return found;
  }

  #count(kind: 'too late' | 'too early', start: LateStart, isCertain: boolean): void {
    if (!isCertain) {
      this.#findings.possible += 1;
      return;
    }
    const { group, scope, atNs, position } = start;
    const note = `started ${kind}, with ${placeText(this.#state, scope, position)}`;
    this.#findings.addAbout(kind, { about: 'scope', group, scope, atNs, note });
  }
}
