import { EventKind, type EventRecord, OutcomeCode, SettlementCode } from '../../core/events.ts';
import { mainsOf } from '../state/excuses.ts';
import { HoldFlag } from '../state/in-flight.ts';
import { justify } from '../state/justification.ts';
import type { MessageState } from '../state/message-state.ts';
import { Plane } from '../state/planes.ts';
import type { StatePart } from '../state/state-part.ts';
import { pairKey } from '../state/pair-key.ts';

/** Messages whose deliveries are counted one by one; only repeated ones need it. */
const maxCounted = 1 << 20;

export function attemptsOf(state: MessageState): Attempts {
  return state.part(makeAttempts);
}

function makeAttempts(state: MessageState): Attempts {
  return new Attempts(state);
}

/** What became of the messages of one group that were not settled at once. */
export interface GroupAttempts {
  readonly limit: number;
  /** The group that reads its dead letters; -1 without one. */
  readonly reader: number;
  /** The reader serves other groups as well, so that an arrival there may come from any of them. */
  readonly isShared: boolean;
  /** Delivered as often as the limit allows. */
  readonly atLimit: Plane;
  /** Delivered more often than that: certainly, or as far as deliveries can be counted. */
  readonly late: Plane;
  readonly maybeLate: Plane;
  /** Said to be dead-lettered. */
  readonly moved: Plane;
  /** Of those, what was said since its reader was last drained, and may still come there. */
  movedSinceDrain: Plane;
  readonly redriven: Plane;
  /** Its removal was asked for, and nobody refused that, so that it may have been applied. */
  readonly trying: Plane;
  readonly tryingTwice: Plane;
  /** Acknowledged by somebody who need not have held it any more. */
  readonly unsound: Plane;
  /** By message: which delivery its latest one was, from 2 on; negative where not all of them count. */
  readonly counted: Map<number, number>;
}

/** Deliveries by their number, and what was done with them, in groups that dead-letter or have a limit. */
export class Attempts implements StatePart {
  readonly listensTo = [
    EventKind.deliver,
    EventKind.settleInvoke,
    EventKind.settleSettled,
    EventKind.deadLettered,
    EventKind.redriven,
    EventKind.drainComplete,
  ];
  readonly groups: readonly (GroupAttempts | undefined)[];
  readonly #state: MessageState;

  constructor(state: MessageState) {
    this.#state = state;
    const { groups } = state.facts;
    const plane = (): Plane => new Plane(state.lanes);
    this.groups = groups.map((group, number) => {
      if (group.role !== 'subscription') return undefined;
      const declared = groups.findIndex((of) => of.role === 'dead-letter' && of.of === number);
      const reader = group.deadLetter >= 0 ? group.deadLetter : declared;
      if (reader < 0 && group.attempts === 0) return undefined;
      return {
        limit: group.attempts,
        reader,
        isShared: reader >= 0 && mainsOf(groups, reader).length > 1,
        atLimit: plane(),
        late: plane(),
        maybeLate: plane(),
        moved: plane(),
        movedSinceDrain: plane(),
        redriven: plane(),
        trying: plane(),
        tryingTwice: plane(),
        unsound: plane(),
        counted: new Map(),
      };
    });
  }

  fold(event: EventRecord): void {
    const kind: number = event.kind;
    if (kind === EventKind.redriven) return this.#redriven(event);
    if (kind === EventKind.drainComplete) return this.#drained(event.group);
    const of = this.groups[event.group];
    if (of === undefined) return;
    if (kind === EventKind.deliver) return this.#deliver(of, event);
    const index = this.#state.lanes.indexOf(event.lane);
    if (index < 0) return;
    if (kind === EventKind.deadLettered) {
      of.moved.set(index, event.seq);
      of.movedSinceDrain.set(index, event.seq);
    } else if (isRemoval(of, event)) this.#acknowledge(of, index, event);
  }

  /** Which delivery the latest one was, as far as is known; 0 for none. */
  latest(group: number, lane: number, seq: number): number {
    const count = this.groups[group]?.counted.get(pairKey(lane, seq));
    if (count !== undefined) return Math.abs(count);
    return this.#state.groups[group]?.seen.get(lane, seq) === true ? 1 : 0;
  }

  /** Messages of the word that reached the dead letters: said so, or seen there. */
  deadLetteredWord(group: number, lane: number, word: number): number {
    const of = this.groups[group];
    if (of === undefined) return 0;
    const arrived = this.#state.groups[of.reader]?.seen.word(lane, word) ?? 0;
    return of.moved.word(lane, word) | arrived;
  }

  /** Messages of the word that are said to be dead letters, and that a drained reader of these never got. */
  missingWord(group: number, lane: number, word: number): number {
    const of = this.groups[group];
    const reader = of === undefined ? undefined : this.#state.groups[of.reader];
    if (of === undefined || reader?.drained !== true) return 0;
    const arrived = reader.seen.word(lane, word) | this.#state.excuses.word(of.reader, lane, word);
    return of.moved.word(lane, word) & ~of.movedSinceDrain.word(lane, word) & ~arrived;
  }

  bytes(): number {
    return this.groups.reduce((sum, of) => {
      if (of === undefined) return sum;
      const planes = [of.atLimit, of.late, of.maybeLate, of.moved, of.movedSinceDrain, of.redriven];
      const all = [...planes, of.trying, of.tryingTwice, of.unsound];
      return all.reduce((bytes, plane) => bytes + plane.bytes(), sum + of.counted.size * 48);
    }, 0);
  }

  #drained(reader: number): void {
    for (const of of this.groups) {
      if (of?.reader === reader) of.movedSinceDrain = new Plane(this.#state.lanes);
    }
  }

  #deliver(of: GroupAttempts, event: EventRecord): void {
    const view = this.#state.delivery;
    const isFirst = view.status === 'first';
    if ((!isFirst && view.status !== 'repeat') || (!isFirst && view.done)) return;
    const { lane } = view;
    // Whoever has it twice may settle the copy that is worth nothing any more.
    if (!isFirst && view.held && view.holderSession === event.session) {
      of.unsound.set(lane, event.seq);
    }
    const key = pairKey(lane, event.seq);
    const before = isFirst ? 1 : (of.counted.get(key) ?? 1);
    const counts = isFirst || (before > 0 && this.#isCounted(event));
    const number = event.attempt > 0 ? event.attempt : isFirst ? 1 : Math.abs(before) + 1;
    if (number > 1 && (of.counted.size < maxCounted || of.counted.has(key))) {
      of.counted.set(key, counts ? number : -number);
    }
    if (of.limit === 0 || number < of.limit) return;
    of.atLimit.set(lane, event.seq);
    if (number === of.limit) return;
    const isCertain = event.attempt > 0 || counts;
    (isCertain ? of.late : of.maybeLate).set(lane, event.seq);
  }

  /** The broker must have counted the delivery before this one as an attempt, and of the same copy. */
  #isCounted(event: EventRecord): boolean {
    const { delivery, groups } = this.#state;
    const group = groups[event.group];
    if (group === undefined || group.lastCauseNs !== Number.NEGATIVE_INFINITY) return false;
    return delivery.copy === 'same' && justify(delivery, group, event, true) === 'yes';
  }

  #acknowledge(of: GroupAttempts, lane: number, event: EventRecord): void {
    const { seq } = event;
    if (event.kind === EventKind.settleInvoke) {
      if (!of.trying.set(lane, seq)) of.tryingTwice.set(lane, seq);
      if (!this.#holds(lane, event)) of.unsound.set(lane, seq);
    } else if (event.outcome === OutcomeCode.ok) of.counted.delete(pairKey(lane, seq));
    else if (event.outcome === OutcomeCode.fail && !of.tryingTwice.get(lane, seq)) {
      of.trying.clear(lane, seq);
    }
  }

  /** Whoever settles still holds the message, as far as anybody knows. */
  #holds(lane: number, { group, seq, session }: EventRecord): boolean {
    const inFlight = this.#state.groups[group]?.inFlight;
    const entry = inFlight?.find(lane, seq) ?? -1;
    if (inFlight === undefined || entry < 0 || inFlight.session[entry] !== session) return false;
    return ((inFlight.flags[entry] ?? 0) & HoldFlag.cause) === 0;
  }

  /** Its count begins again. */
  #redriven(event: EventRecord): void {
    const { facts, lanes } = this.#state;
    const mains = mainsOf(facts.groups, event.group);
    const index = lanes.indexOf(event.lane);
    for (const main of mains.length > 0 ? mains : [event.group]) {
      const of = this.groups[main];
      if (of === undefined || index < 0) continue;
      of.counted.delete(pairKey(index, event.seq));
      of.atLimit.clear(index, event.seq);
      of.moved.clear(index, event.seq);
      of.redriven.set(index, event.seq);
    }
  }
}

/** Without dead letters a rejection is as good as an acknowledgement: it asks for the message to be dropped. */
function isRemoval({ reader }: GroupAttempts, { detail }: EventRecord): boolean {
  if (detail === SettlementCode.acknowledge) return true;
  return detail === SettlementCode.reject && reader < 0;
}
