import { EventKind, type EventRecord, Flag } from '../../../harness/core/events.ts';
import { fateOf } from './naive-fate.ts';
import { has, idOf, isFlagged, knowsFlag, type NaiveHistory } from './naive-history.ts';

export interface Tally {
  count: number;
  possible: number;
}

type Copy = 'first' | 'same' | 'second' | 'either';

/** D4, D5 and D6 by their definitions, delivery by delivery. */
export class NaiveDuplicates {
  readonly #history: NaiveHistory;

  #known: ReadonlyMap<number, Copy> | undefined;

  constructor(history: NaiveHistory) {
    this.#history = history;
  }

  /** By index of each delivery that counts: which copy it showed; and which messages were stored twice by then. */
  #copies(): ReadonlyMap<number, Copy> {
    if (this.#known !== undefined) return this.#known;
    const known = new Map<number, Copy>();
    this.#known = known;
    const stored2 = new Set<string>();
    this.#history.events.forEach((event, index) => {
      const id = idOf(event);
      if (event.kind === EventKind.sendSettled && this.#isSecondPlace(index)) stored2.add(id);
      if (event.kind !== EventKind.deliver || !this.#history.groups.includes(event.group)) return;
      if (!this.#history.isInvokedBefore(id, index)) return;
      const isRepeat = this.#history.arrivedBefore(id, event.group, index);
      const copy = isRepeat ? this.#copy(index, stored2) : 'first';
      known.set(index, copy);
      if (copy === 'second' || this.#isSecondPlace(index)) stored2.add(id);
    });
    return known;
  }

  judge(groups: number[]): { D4: Tally | 'undecided'; D5: Tally; D6: Tally | 'undecided' } {
    const stored2 = new Set<string>();
    const maybe2 = new Set<string>();
    const d5 = { count: 0, possible: 0 };
    const d6 = { count: 0, possible: 0 };
    this.#history.events.forEach((event, index) => {
      const id = idOf(event);
      if (event.kind === EventKind.sendSettled && this.#isSecondPlace(index)) stored2.add(id);
      if (event.kind !== EventKind.deliver || !groups.includes(event.group)) return;
      if (!this.#history.isInvokedBefore(id, index)) return;
      const copy = this.#copies().get(index) ?? 'first';
      if (copy === 'second' || this.#isSecondPlace(index)) stored2.add(id);
      else if (!isFlagged(event) && (copy === 'either' || this.#isMaybeSecond(index, copy))) {
        maybe2.add(id);
      }
      if (copy === 'first' || copy === 'second') return;
      this.#judgeRepeat(index, copy === 'either', d5, d6);
    });
    const possible = [...maybe2].filter((id) => !stored2.has(id)).length;
    const proves =
      this.#history.facts.consumption === 'automatic' || this.#history.facts.ackReply !== 'none';
    const isMute = stored2.size === 0 && possible > 0 && !this.#tellsCopies();
    return {
      D4: isMute ? 'undecided' : { count: stored2.size, possible },
      D5: d5,
      D6: proves ? d6 : 'undecided',
    };
  }

  /** Something in the history could have shown a second stored copy. */
  #tellsCopies(): boolean {
    const { events } = this.#history;
    const placed = events.filter((event) => has(event, Flag.placed));
    if (placed.some(({ kind }) => kind === EventKind.deliver)) return true;
    const isResent = events.some((event) =>
      this.#history.isResentBefore(idOf(event), events.length),
    );
    const delivered = events.filter(({ kind }) => kind === EventKind.deliver);
    const isAnswered = placed.some(({ kind }) => kind === EventKind.sendSettled);
    return isResent && (isAnswered || delivered.some(knowsFlag));
  }

  /** The place of this event differs from one seen earlier that it may be compared with. */
  #isSecondPlace(index: number): boolean {
    const event = this.#history.at(index);
    if (!has(event, Flag.placed)) return false;
    const earlier = this.#history.events
      .slice(0, index)
      .filter((other) => idOf(other) === idOf(event) && has(other, Flag.placed));
    const sends = earlier.filter(({ kind }) => kind === EventKind.sendSettled);
    const firstSend = sends[0];
    const differs = (other: EventRecord | undefined): boolean =>
      other !== undefined &&
      (other.scope !== event.scope || other.positionMajor !== event.positionMajor);
    const differsInScope = (other: EventRecord | undefined): boolean =>
      differs(other) && other?.scope === event.scope;
    if (event.kind === EventKind.deliver) return differsInScope(firstSend);
    const reads = this.#history.events
      .map((other, at) => ({ other, at }))
      .filter(
        ({ other, at }) =>
          at < index &&
          other.kind === EventKind.deliver &&
          idOf(other) === idOf(event) &&
          has(other, Flag.placed) &&
          this.#history.isInvokedBefore(idOf(other), at),
      );
    const firstReads = [...this.#history.facts.groups.keys()].map(
      (group) => reads.find(({ other }) => other.group === group)?.other,
    );
    return differs(firstSend) || firstReads.some(differsInScope);
  }

  #copy(index: number, stored2: ReadonlySet<string>): 'same' | 'second' | 'either' {
    const event = this.#history.at(index);
    const first = this.#history
      .deliveries(event.group)
      .filter((at) => at < index)
      .map((at) => this.#history.at(at))
      .find((other) => idOf(other) === idOf(event) && has(other, Flag.placed));
    if (first !== undefined && has(event, Flag.placed)) {
      const same = first.scope === event.scope && first.positionMajor === event.positionMajor;
      return same ? 'same' : 'second';
    }
    const canBeTwo = this.#history.isResentBefore(idOf(event), index) || stored2.has(idOf(event));
    if (!canBeTwo) return 'same';
    return knowsFlag(event) && !isFlagged(event) ? 'second' : 'either';
  }

  /** It was taken for the same copy, but a second one cannot be excluded. */
  #isMaybeSecond(index: number, copy: 'first' | 'same'): boolean {
    const event = this.#history.at(index);
    if (copy === 'first' || isFlagged(event)) return false;
    const hasPlace = this.#history
      .deliveries(event.group)
      .filter((at) => at < index)
      .some(
        (at) =>
          idOf(this.#history.at(at)) === idOf(event) && has(this.#history.at(at), Flag.placed),
      );
    if (hasPlace && has(event, Flag.placed)) return false;
    return knowsFlag(event) || this.reason(index, true) !== 'yes';
  }

  #isAfterDone(index: number): boolean {
    const event = this.#history.at(index);
    const done = this.#history.doneAt(idOf(event), event.group);
    if (done < 0 || done > index) return false;
    const doneNs = this.#history.at(done).timeNs;
    if (has(event, Flag.pulled) && event.auxNs >= doneNs) return true;
    const opened = this.#history.events
      .slice(0, index)
      .find(({ kind, session }) => kind === EventKind.sessionOpened && session === event.session);
    return (opened?.timeNs ?? -1) >= doneNs && !this.#mayReturn(done);
  }

  /** At the settlement a redelivery was justified already. */
  #mayReturn(done: number): boolean {
    const event = this.#history.at(done);
    const held = this.#history.holdBefore(idOf(event), event.group, done);
    if (held < 0) return false;
    return (
      this.#history.hasCause(held, done) || event.timeNs >= this.#history.lease(held, done).mayEndNs
    );
  }

  /** What justifies a repeated delivery of the same copy. */
  reason(index: number, proven: boolean): 'yes' | 'maybe' | 'no' | 'unless-holder-ended' {
    const event = this.#history.at(index);
    const done = this.#history.doneAt(idOf(event), event.group);
    if (done >= 0 && done < index) {
      if (this.#mayReturn(done)) return 'yes';
      if (this.#history.lastCauseNs(event.group, index) >= this.#history.at(done).timeNs)
        return 'maybe';
      const isSame = this.#history.at(done).session === event.session;
      return proven || isSame ? 'no' : 'unless-holder-ended';
    }
    const held = this.#history.holdBefore(idOf(event), event.group, index);
    if (held < 0) return 'maybe';
    const isOther = this.#copies().get(held) === 'second' && this.#isFirstPlace(index);
    if (isOther) return 'maybe';
    const { mayEndNs, endsNs } = this.#history.lease(held, index);
    if (this.#history.hasCause(held, index) || event.timeNs >= endsNs) return 'yes';
    if (event.timeNs >= mayEndNs) return 'maybe';
    return this.#history.at(held).session === event.session ? 'no' : 'unless-holder-ended';
  }

  /** It stands where the first copy of its group stood that told its place. */
  #isFirstPlace(index: number): boolean {
    const event = this.#history.at(index);
    const first = this.#history
      .deliveries(event.group)
      .map((at) => this.#history.at(at))
      .find((other) => idOf(other) === idOf(event) && has(other, Flag.placed));
    if (first === undefined || !has(event, Flag.placed)) return false;
    return first.scope === event.scope && first.positionMajor === event.positionMajor;
  }

  #isSoughtSince(done: number, index: number): boolean {
    const { group } = this.#history.at(index);
    return this.#history.events
      .slice(done + 1, index)
      .some((event) => event.kind === EventKind.seeked && event.group === group);
  }

  #judgeRepeat(index: number, isEither: boolean, d5: Tally, d6: Tally): void {
    const event = this.#history.at(index);
    const { consumption, ackReply } = this.#history.facts;
    const done = this.#history.doneAt(idOf(event), event.group);
    const isDone = done >= 0 && done < index;
    const decidesD6 = consumption === 'automatic' || ackReply !== 'none';
    const isD6 = decidesD6 && this.#isAfterDone(index);
    if (isDone && decidesD6) {
      if (isD6 && !isEither && !this.#isSoughtSince(done, index)) d6.count += 1;
      else d6.possible += 1;
    }
    if (isD6) return;
    const proven = consumption !== 'automatic' && ackReply !== 'none';
    const reason = this.reason(index, proven);
    if (reason === 'yes') return;
    if (reason === 'maybe' || isEither) d5.possible += 1;
    else {
      const held = isDone ? done : this.#history.holdBefore(idOf(event), event.group, index);
      const other = this.#history.at(held);
      const mayBeEarlier = !has(event, Flag.pulled) || event.auxNs < other.timeNs;
      const unsure = [
        ...(reason === 'unless-holder-ended' ? [other.session] : []),
        ...(other.session !== event.session && mayBeEarlier ? [event.session] : []),
      ];
      const fate = fateOf(this.#history, unsure, index);
      if (fate === 'alive') d5.count += 1;
      if (fate === 'unknown') d5.possible += 1;
    }
  }
}
