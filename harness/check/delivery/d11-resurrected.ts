import { eachOfRun } from '../../core/event-run.ts';
import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { provesSettlement } from './d6-after-ack.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, Plane, popcount32 } from '../state/planes.ts';
import { type GroupRemovals, type Removal, Removals } from './removals.ts';

export const resurrected: CheckModule = {
  id: 'D11',
  definition:
    'A copy was requested, or its session opened, after the message had been removed from that group: it had expired, was moved to the dead letters and not redriven, or was acknowledged before a purge.',
  source:
    'SQS developer guide and RabbitMQ manual on dead-letter queues, expiry and purge; the name follows the records that a log without enough tombstones brings back',
  memory: '3 bits a removed message and group, and the removal times of the latest 32,768',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":2.5,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"requestedMs":2.8}',
    '{"timeMs":40,"kind":"expire","group":"g","lane":"a","seq":1}',
    '{"timeMs":51,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":1,"requestedMs":50}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: () => undefined,
  create: (state, seed) => new ResurrectedCheck(state, seed),
};

type Way = Removal | 'purged';

/** Messages of one group that came back, by how they had been removed. */
interface Returned {
  readonly certain: Readonly<Record<Way, Plane>>;
  readonly possible: Plane;
}

/**
 * D11, resurrected. Callback time is not broker time: a copy that may have been on its way when the
 * message was removed is possible only. So is one of a message that was sent or stored more than once,
 * because nobody tells which copy was removed, and one of a message that could come back when it was
 * acknowledged, because a purge takes nothing that is in somebody's hands. A redrive acquits whenever it
 * is told of: what it brings back may arrive before anybody writes that down. Counts messages.
 */
class ResurrectedCheck implements Check {
  readonly takesRuns = true;
  readonly listensTo = [
    EventKind.deliver,
    EventKind.expired,
    EventKind.deadLettered,
    EventKind.redriven,
    EventKind.purged,
  ];
  readonly #state: MessageState;
  readonly #seed: number;
  readonly #removals: Removals;
  readonly #returned: readonly Returned[];
  #hasRemovals = false;
  #purgedMessages = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#seed = seed;
    this.#removals = new Removals(state);
    const plane = (): Plane => new Plane(state.lanes);
    this.#returned = state.groups.map(() => ({
      certain: { expired: plane(), 'dead-lettered': plane(), purged: plane() },
      possible: plane(),
    }));
  }

  fold(event: EventRecord, count = 1): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.deliver:
        // A run never is of dead letters.
        if (count > 1 && !this.#hasRemovals) return;
        return eachOfRun(event, count, (one) => this.#delivered(one));
      case EventKind.expired:
        this.#hasRemovals = true;
        return this.#removals.remove('expired', event);
      case EventKind.deadLettered:
        this.#hasRemovals = true;
        return this.#removals.remove('dead-lettered', event);
      case EventKind.redriven:
        return this.#redriven(event);
      default:
        this.#hasRemovals = true;
        this.#removals.of(event.group)?.purge(event.timeNs);
        this.#purgedMessages += this.#state.groups[event.group]?.done.count() ?? 0;
    }
  }

  finish(): CheckResult {
    const findings = new Findings('D11', this.#state.lanes, this.#seed);
    let removed = 0;
    for (const group of this.#state.groups.keys()) {
      removed += this.#removals.of(group)?.ever.count() ?? 0;
      this.#scan(group, findings);
    }
    return findings.result(removed + this.#purgedMessages);
  }

  #delivered(event: EventRecord): void {
    const { status, lane } = this.#state.delivery;
    if (status !== 'first' && status !== 'repeat') return;
    const removals = this.#removals.of(event.group);
    if (removals === undefined) {
      if (this.#removals.arrivedAmongDeadLetters(event)) this.#hasRemovals = true;
      return;
    }
    if (!this.#hasRemovals) return;
    const how = removals.howGone(lane, event.seq);
    if (how !== undefined) {
      const isAfter = this.#handedOutNs(event) >= removals.goneByNs(lane, event.seq);
      this.#note(event, isAfter ? how : 'possible');
    } else if (status === 'repeat') this.#afterPurge(event, removals);
  }

  /** The earliest instant at which the broker can have handed the copy out. */
  #handedOutNs({ flags, auxNs }: EventRecord): number {
    const { sessionOpenedNs } = this.#state.delivery;
    return (flags & Flag.pulled) === 0 ? sessionOpenedNs : Math.max(auxNs, sessionOpenedNs);
  }

  #afterPurge(event: EventRecord, removals: GroupRemovals): void {
    const { done, doneLatestNs, mayReturn, copy } = this.#state.delivery;
    if (!done || copy === 'second') return;
    const isCertain =
      copy === 'same' &&
      !mayReturn &&
      provesSettlement(this.#state.facts) &&
      removals.wasPurged(doneLatestNs, this.#handedOutNs(event));
    if (isCertain) this.#note(event, 'purged');
    else if (removals.wasPurged(doneLatestNs, event.timeNs)) this.#note(event, 'possible');
  }

  #note({ group, seq }: EventRecord, way: Way | 'possible'): void {
    const returned = this.#returned[group];
    const plane = way === 'possible' ? returned?.possible : returned?.certain[way];
    plane?.set(this.#state.delivery.lane, seq);
  }

  #redriven({ lane, seq, group }: EventRecord): void {
    const index = this.#state.lanes.indexOf(lane);
    for (const main of this.#removals.concerned(group)) {
      this.#removals.of(main)?.bringBack(index, seq);
      const returned = this.#returned[main];
      returned?.certain.expired.clear(index, seq);
      returned?.certain['dead-lettered'].clear(index, seq);
      returned?.possible.clear(index, seq);
    }
  }

  #scan(group: number, findings: Findings): void {
    const returned = this.#returned[group];
    if (returned === undefined) return;
    const { lanes, sends, stored2 } = this.#state;
    lanes.eachWord((lane, word) => {
      const several = sends.resent.word(lane, word) | stored2.word(lane, word);
      let possible = returned.possible.word(lane, word);
      let counted = 0;
      for (const way of ways) {
        const back = returned.certain[way].word(lane, word) & ~counted;
        possible |= back & several;
        counted |= back & ~several;
        eachBit(back & ~several, word, (seq) => {
          findings.add(way, lane, seq, group, notes[way]);
        });
      }
      findings.possible += popcount32(possible & ~counted);
    });
  }
}

const ways = ['expired', 'dead-lettered', 'purged'] as const satisfies readonly Way[];

const notes: Readonly<Record<Way, string>> = {
  expired: 'handed out after it had expired and been removed',
  'dead-lettered': 'handed out after it had been moved to the dead letters, without a redrive',
  purged: 'handed out after it had been acknowledged and its group purged',
};
