/**
 * O3 and O4 by looking through the whole history for each delivery and each position, written without a
 * look at the streaming checks. All sends and deliveries are placed, and nothing is sent twice.
 */
import {
  EventKind,
  type EventRecord,
  Flag,
  noGroup,
  OutcomeCode,
} from '../../../../harness/core/events.ts';
import type { CellFacts } from '../../../../harness/core/facts.ts';
import { NaiveDuplicates, type Tally } from '../naive-duplicates.ts';
import { has, idOf, isFlagged, knowsFlag, NaiveHistory } from '../naive-history.ts';

interface Place {
  readonly scope: number;
  readonly position: number;
}

const placeOf = ({ scope, positionMajor }: EventRecord): Place => ({
  scope,
  position: positionMajor,
});
const isSame = (a: Place, b: Place): boolean => a.scope === b.scope && a.position === b.position;

export class NaiveReading {
  readonly #events: readonly EventRecord[];
  readonly #facts: CellFacts;
  readonly #history: NaiveHistory;

  constructor(events: readonly EventRecord[], facts: CellFacts) {
    this.#events = events;
    this.#facts = facts;
    this.#history = new NaiveHistory(events, facts);
  }

  rewinds(): Tally {
    const found = { count: 0, possible: 0 };
    const steps = new Map<number, string>();
    for (const at of this.#deliveries()) {
      const last = this.#lastMove(at, steps);
      const step = last < 0 ? 'ahead' : this.#step(at, last, steps);
      steps.set(at, isFlagged(this.#history.at(at)) ? 'beside' : step);
      if (isFlagged(this.#history.at(at))) continue;
      if (step === 'back') found.count += 1;
      if (step === 'possible') found.possible += 1;
    }
    return found;
  }

  skips(): Tally | 'undecided' {
    const found = { count: 0, possible: 0 };
    const judged = this.#history.groups.filter((group) =>
      this.#events.some((event) => event.kind === EventKind.deliver && event.group === group),
    );
    for (const group of judged) {
      for (const place of this.#existing()) {
        if (this.#got(place, (event) => event.group === group, false)) continue;
        if (!this.#isPassed(place, group)) continue;
        const isSure = this.#history.isDrained(group) && this.#isWhole(group);
        if (isSure && this.#got(place, () => true, true)) found.count += 1;
        else found.possible += 1;
      }
    }
    const isOpen = judged.some((group) => !this.#history.isDrained(group));
    return isOpen && found.count === 0 ? 'undecided' : found;
  }

  /** Deliveries of messages that had been sent. */
  #deliveries(): number[] {
    return this.#history.groups
      .flatMap((group) => this.#history.deliveries(group))
      .toSorted((a, b) => a - b);
  }

  /** The delivery that the reader's position stands at just before `at`, in one run; or -1. */
  #lastMove(at: number, steps: ReadonlyMap<number, string>): number {
    const event = this.#history.at(at);
    return (
      this.#deliveries().findLast((before) => {
        const other = this.#history.at(before);
        const isOfReader = other.session === event.session && other.scope === event.scope;
        if (before >= at || !isOfReader || !this.#isOneRun(before, at)) return false;
        return ['ahead', 'back', 'possible'].includes(steps.get(before) ?? '');
      }) ?? -1
    );
  }

  #isOneRun(from: number, to: number): boolean {
    const { session, actor, group } = this.#history.at(to);
    return !this.#events.slice(from, to).some((event) => {
      const kind: number = event.kind;
      switch (kind) {
        case EventKind.sessionClosed:
          return event.session === session;
        case EventKind.seeked:
        case EventKind.purged:
          return event.group === group;
        case EventKind.crashed:
        case EventKind.assigned:
        case EventKind.revoked:
        case EventKind.lost:
          return event.actor === actor;
        default:
          return false;
      }
    });
  }

  #step(at: number, last: number, steps: ReadonlyMap<number, string>): string {
    const event = this.#history.at(at);
    if (event.positionMajor > this.#history.at(last).positionMajor) return 'ahead';
    const isInTurn = this.#isInTurn(at, last, steps);
    const isRepeat = this.#history.arrivedBefore(idOf(event), event.group, at);
    if (isRepeat && this.#isSameCopy(at)) {
      const { consumption, ackReply } = this.#facts;
      const proven = consumption !== 'automatic' && ackReply !== 'none';
      const reason = new NaiveDuplicates(this.#history).reason(at, proven);
      if (reason === 'yes') return 'allowed';
      const done = this.#history.doneAt(idOf(event), event.group);
      const isOnlyReader = done >= 0 && done < at && this.#isOwned(at);
      return isInTurn && (reason === 'no' || isOnlyReader) ? 'back' : 'possible';
    }
    const nothingEver =
      !this.#facts.leased && this.#history.lastCauseNs(event.group, at) === -Infinity;
    const isFirst = knowsFlag(event) || this.#isOwned(at) || nothingEver;
    return isInTurn && isFirst ? 'back' : 'possible';
  }

  #isSameCopy(at: number): boolean {
    const event = this.#history.at(at);
    const first = this.#history
      .deliveries(event.group)
      .map((index) => this.#history.at(index))
      .find((other) => idOf(other) === idOf(event));
    return first !== undefined && isSame(placeOf(first), placeOf(event));
  }

  /** Pushed like the last one, from the same answer, or requested when the answer had begun to come. */
  #isInTurn(at: number, last: number, steps: ReadonlyMap<number, string>): boolean {
    const request = this.#requestOf(at);
    if (request === this.#requestOf(last)) return true;
    if (request < 0) return false;
    let first = last;
    for (;;) {
      const before = this.#lastMove(first, steps);
      if (before < 0 || this.#requestOf(before) !== this.#requestOf(last)) break;
      if (this.#requestOf(last) < 0) break;
      first = before;
    }
    return request >= this.#history.at(first).timeNs;
  }

  #requestOf(at: number): number {
    const event = this.#history.at(at);
    return has(event, Flag.pulled) ? event.auxNs : -1;
  }

  #isOwned(at: number): boolean {
    const { session, scope } = this.#history.at(at);
    const kinds: readonly EventKind[] = [EventKind.assigned, EventKind.revoked, EventKind.lost];
    const last = this.#events
      .slice(0, at)
      .findLast(
        (event) => kinds.includes(event.kind) && event.session === session && event.scope === scope,
      );
    return last?.kind === EventKind.assigned;
  }

  #existing(): Place[] {
    const places = [
      ...this.#events.filter(
        ({ kind, outcome }) => kind === EventKind.sendSettled && outcome === OutcomeCode.ok,
      ),
      ...this.#deliveries().map((at) => this.#history.at(at)),
    ]
      .filter((event) => has(event, Flag.placed))
      .map(placeOf);
    return places.filter((place, at) => places.findIndex((other) => isSame(other, place)) === at);
  }

  #got(place: Place, by: (event: EventRecord) => boolean, known: boolean): boolean {
    const indices = known ? this.#deliveries() : [...this.#events.keys()];
    return indices.some((at) => {
      const event = this.#history.at(at);
      return event.kind === EventKind.deliver && by(event) && isSame(placeOf(event), place);
    });
  }

  /** Some run of the group went from before the position to behind it. */
  #isPassed(place: Place, group: number): boolean {
    const own = this.#deliveries().filter((at) => {
      const event = this.#history.at(at);
      return event.group === group && event.scope === place.scope && !isFlagged(event);
    });
    return own.some((to) => {
      const { session, positionMajor } = this.#history.at(to);
      if (positionMajor <= place.position) return false;
      const first = own.find(
        (from) => this.#history.at(from).session === session && this.#isOneRun(from, to),
      );
      return first !== undefined && this.#history.at(first).positionMajor < place.position;
    });
  }

  #isWhole(group: number): boolean {
    const removals: readonly EventKind[] = [
      EventKind.expired,
      EventKind.deadLettered,
      EventKind.purged,
    ];
    return !this.#events.some(
      (event) =>
        removals.includes(event.kind) && (event.group === group || event.group === noGroup),
    );
  }
}
