import {
  EventKind,
  type EventRecord,
  Flag,
  noGroup,
  OutcomeCode,
  SettlementCode,
} from '../../core/events.ts';
import type { CellFacts } from '../../core/facts.ts';
import type { NameOf } from '../event-names.ts';
import { ClockSamples } from './clock-samples.ts';
import { classifyDelivery, type DeliveryView, earlySeqs, newDelivery } from './delivery-view.ts';
import { Excuses } from './excuses.ts';
import { GroupState } from './group-state.ts';
import { HoldFlag } from './in-flight.ts';
import { Irregularities } from './irregularities.ts';
import type { LaneTable } from './lane-table.ts';
import { foldPlainRun } from './plain-runs.ts';
import { Plane } from './planes.ts';
import { SendState } from './send-state.ts';
import { Sessions } from './sessions.ts';
import type { StatePart } from './state-part.ts';
import { PlaceWindow } from './windows.ts';

/**
 * What is known of every message, folded once for all checks: the planes are the memory of the checker,
 * and each check owns only what no other needs. `fold` runs before the checks see an event; for a
 * delivery `delivery` then says what it was when it arrived.
 */
export class MessageState {
  readonly facts: CellFacts;
  readonly lanes: LaneTable;
  readonly irregularities = new Irregularities();
  readonly sends: SendState;
  /** Known to be stored more than once. */
  readonly stored2: Plane;
  readonly groups: readonly GroupState[];
  readonly excuses: Excuses;
  readonly sessions = new Sessions();
  readonly delivery: DeliveryView = newDelivery();
  /** For sentences: what the history calls its groups, scopes and so on. */
  readonly nameOf: NameOf;
  /** Where sends were answered to stand; made with the first of them. */
  sendPlaces: PlaceWindow | undefined;
  /** After `send.settled`: this message is now known to be stored twice and was not before. */
  secondStored = false;
  readonly #clocks = new ClockSamples(this.irregularities);
  readonly #made = new Map<unknown, StatePart>();
  #lastNs = Number.NEGATIVE_INFINITY;

  constructor(facts: CellFacts, lanes: LaneTable, nameOf: NameOf) {
    this.facts = facts;
    this.nameOf = nameOf;
    this.lanes = lanes;
    this.sends = new SendState(lanes, this.irregularities);
    this.stored2 = new Plane(lanes);
    this.groups = facts.groups.map((group) => new GroupState(lanes, group));
    this.excuses = new Excuses(facts, lanes, this.groups);
  }

  /** The part that `make` makes, once for the cell; to be asked for in a check's `create`. */
  part<T extends StatePart>(make: (state: MessageState) => T): T {
    const known = this.#made.get(make);
    if (known !== undefined) return known as T;
    const part = make(this);
    this.#made.set(make, part);
    return part;
  }

  /** The latest event's time. */
  get lastNs(): number {
    return this.#lastNs;
  }

  get parts(): readonly StatePart[] {
    return [...this.#made.values()];
  }

  fold(event: EventRecord): void {
    if (event.timeNs < this.#lastNs) {
      this.irregularities.note('time', `events are out of order at ${event.timeNs} ns`);
    } else this.#lastNs = event.timeNs;
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.sendInvoke:
        return this.sends.invoke(event);
      case EventKind.sendSettled:
        return this.#sendSettled(event);
      case EventKind.deliver:
        return this.#deliver(event);
      case EventKind.settleInvoke:
        return this.#settleInvoke(event);
      case EventKind.settleSettled:
        return this.#settleSettled(event);
      case EventKind.processDone:
        if (this.facts.consumption === 'automatic') this.#done(event);
        return;
      default:
        this.#foldRare(event);
    }
  }

  /**
   * All events of a run at once, see `eachOfRun`.
   * @returns false, and nothing is folded, where any of them might be more than its kind usually is
   */
  foldRun(event: EventRecord, count: number): boolean {
    if (event.timeNs < this.#lastNs || !foldPlainRun(this, event, count)) return false;
    this.#lastNs = event.timeNs;
    return true;
  }

  /**
   * A delivery of a message that another judge folds: sessions, and whether every copy had a place, are
   * known of all lanes together. `early` as in `DeliveryView`.
   */
  deliveredElsewhere(event: EventRecord, status: 'early' | 'sent'): void {
    const group = this.groups[event.group];
    if (group === undefined) return;
    if (status === 'early' || (event.flags & Flag.placed) === 0) group.allPlaced = false;
    if (status !== 'sent') return;
    if (group.awaitsFirst) group.began();
    this.sessions.of(event.session, event.actor, event.group);
  }

  seenAnywhereWord(lane: number, word: number): number {
    let seen = 0;
    for (const group of this.groups) seen |= group.seen.word(lane, word);
    return seen;
  }

  /** The group of an event, or undefined for one the cell does not have. */
  groupOf(event: EventRecord): GroupState | undefined {
    const group = this.groups[event.group];
    if (group === undefined && event.group !== noGroup) {
      this.irregularities.note('group', `an event names subscription ${event.group}`);
    }
    return group;
  }

  bytes(): number {
    return [this.sends, this.stored2, this.excuses, ...this.groups, ...this.parts].reduce(
      (sum, part) => sum + part.bytes(),
      this.sendPlaces?.bytes() ?? 0,
    );
  }

  #sendSettled(event: EventRecord): void {
    this.secondStored = false;
    const index = this.sends.settled(event);
    if (index >= 0 && (event.flags & Flag.placed) !== 0) this.#placeSend(index, event);
  }

  #placeSend(index: number, event: EventRecord): void {
    const { seq, scope, positionMajor, positionMinor } = event;
    this.sendPlaces ??= new PlaceWindow('relation');
    const earlier = this.sendPlaces.relation(index, seq, scope, positionMajor, positionMinor);
    let isSecond = earlier === 'elsewhere' || earlier === 'other-scope';
    for (const group of this.groups) {
      // Each subscription may have a queue of its own, so only places in one scope compare with a send's.
      const read = group.places?.relation(index, seq, scope, positionMajor, positionMinor);
      isSecond ||= read === 'elsewhere';
    }
    if (earlier === 'unknown') {
      this.sendPlaces.remember(index, seq, scope, positionMajor, positionMinor);
    }
    if (isSecond) this.secondStored = this.stored2.set(index, seq);
  }

  #deliver(event: EventRecord): void {
    const view = this.delivery;
    view.secondStored = false;
    const index = this.lanes.indexOf(event.lane);
    view.lane = index;
    const next = index < 0 ? 0 : this.lanes.nextOf(index);
    if (index < 0 || event.seq >= next + earlySeqs) {
      view.status = 'foreign';
      return;
    }
    const group = this.groupOf(event);
    if (group === undefined) {
      view.status = 'ignored';
      return;
    }
    if (event.seq >= next) {
      view.status = 'early';
      group.allPlaced = false;
      group.seen.set(index, event.seq);
      return;
    }
    if (group.awaitsFirst) group.began();
    const session = this.sessions.of(event.session, event.actor, event.group);
    classifyDelivery(this, group, session, event);
    this.excuses.delivered(event.group, index, event.seq);
    this.#placeDelivery(index, event, group);
    if (group.done.get(index, event.seq)) return;
    const cause = this.sessions.hasCrashed(event) ? HoldFlag.cause : 0;
    const copy = this.delivery.copy === 'second' ? HoldFlag.secondCopy : 0;
    group.hold(index, event, session.notBeforeNs, cause | copy);
  }

  /** Remembers the place; a place other than the send's makes it a second stored copy. */
  #placeDelivery(index: number, event: EventRecord, group: GroupState): void {
    const view = this.delivery;
    let isSecond = view.copy === 'second';
    if ((event.flags & Flag.placed) !== 0) {
      const { seq, scope, positionMajor, positionMinor } = event;
      group.places ??= new PlaceWindow('relationOfKnown');
      group.places.remember(index, seq, scope, positionMajor, positionMinor);
      const sent = this.sendPlaces?.relation(index, seq, scope, positionMajor, positionMinor);
      isSecond ||= sent === 'elsewhere';
    } else group.allPlaced = false;
    view.secondStored = isSecond && this.stored2.set(index, event.seq);
  }

  #settleInvoke(event: EventRecord): void {
    const group = this.groupOf(event);
    const index = this.lanes.indexOf(event.lane);
    if (group === undefined || index < 0) return;
    if (event.detail === SettlementCode.acknowledge) {
      if (this.facts.ackReply === 'none') return this.#done(event);
      const entry = group.inFlight.find(index, event.seq);
      if (entry >= 0) group.markSettling(entry);
      return;
    }
    if (event.detail === SettlementCode.extend) return group.extensions.begin(index, event);
    const entry = group.inFlight.find(index, event.seq);
    if (entry < 0) return;
    group.markCause(entry);
    if (event.detail === SettlementCode.reject) group.markRejecting(entry);
  }

  #settleSettled(event: EventRecord): void {
    const isOk = event.outcome === OutcomeCode.ok;
    if (isOk && event.detail === SettlementCode.acknowledge) return this.#done(event);
    const index = this.lanes.indexOf(event.lane);
    if (index < 0) return;
    if (event.detail === SettlementCode.extend) {
      return this.groupOf(event)?.extensions.end(index, event);
    }
    if (isOk && event.detail === SettlementCode.reject) {
      this.groupOf(event)?.release(index, event.seq);
    }
  }

  #done(event: EventRecord): void {
    const group = this.groupOf(event);
    const index = this.lanes.indexOf(event.lane);
    if (group === undefined || index < 0 || event.seq >= this.lanes.nextOf(index)) return;
    group.settle(index, event.seq, event.timeNs, event.session);
  }

  #foldRare(event: EventRecord): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.sessionOpened:
      case EventKind.assigned:
        return this.#joined(event);
      case EventKind.sessionClosed: {
        const ended = this.sessions.find(event.session);
        if (ended === undefined) return;
        this.sessions.ended(ended.actor, event.timeNs);
        return this.groups[ended.group]?.cause(event.timeNs, 'session', event.session);
      }
      case EventKind.crashed: {
        this.sessions.crash(event.actor, event.timeNs);
        for (const group of this.sessions.groupsOf(event.actor)) {
          this.groups[group]?.cause(event.timeNs, 'actor', event.actor);
        }
        return;
      }
      case EventKind.lost:
      case EventKind.revoked:
        return this.groups[event.group]?.cause(event.timeNs, 'actor', event.actor);
      case EventKind.seeked:
        this.groupOf(event)?.seek(event.timeNs);
        return this.groups[event.group]?.cause(event.timeNs, 'anybody', 0);
      case EventKind.deadLettered:
      case EventKind.expired:
        return this.excuses.gone(event);
      case EventKind.redriven:
        return this.excuses.redriven(event);
      case EventKind.purged:
        return this.excuses.purged(event.group);
      case EventKind.drainComplete:
        return this.groupOf(event)?.drain(event.timeNs);
      case EventKind.clockSample:
        return this.#clocks.fold(event);
      default:
    }
  }

  #joined({ kind, group, session, actor, timeNs }: EventRecord): void {
    if (group === noGroup) return;
    this.groups[group]?.prepared();
    if (kind === EventKind.assigned) this.sessions.of(session, actor, group);
    else this.sessions.opened(session, actor, group, timeNs);
  }
}
