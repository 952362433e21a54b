import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
} from '../../core/events.ts';
import { plural } from '../../core/plural.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { DeliveryView } from '../state/delivery-view.ts';
import { isHandedOutAfter } from '../state/hand-outs.ts';
import { HoldFlag } from '../state/in-flight.ts';
import type { MessageState } from '../state/message-state.ts';

export const requeuedElsewhere: CheckModule = {
  id: 'O11',
  definition:
    'A requeue of a message was answered well where requeued messages come back to their original place, and a later message of its lane was handed out for the first time after that and before it.',
  source:
    'RabbitMQ, consumer acknowledgements: a requeued message is placed to its original position, if possible',
  memory: 'a record for each requeued message that has not come back',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription","requeueTo":"original"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":2.5,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"redelivered":false}',
    '{"timeMs":4,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"requeue"}',
    '{"timeMs":5,"kind":"settle.settled","actor":"c","group":"g","lane":"a","seq":0,"how":"requeue","outcome":"ok"}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":1,"redelivered":false}',
    '{"timeMs":7,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"redelivered":true}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: ({ groups, consumption }) => {
    const claims = groups.some(
      (one) => one.role === 'subscription' && one.requeueTo === 'original',
    );
    if (!claims) return 'requeued messages may come back to any place';
    return consumption === 'automatic' ? 'nothing is settled, so nothing is requeued' : undefined;
  },
  create: (state, seed) => new RequeuedElsewhereCheck(state, seed),
};

interface Requeue {
  readonly seq: number;
  readonly session: number;
  readonly answeredNs: number;
  /** Its holder's lease may have ended by then, so that it was somebody else's to give back. */
  readonly isWeak: boolean;
  /** The first later message that was certainly handed out in between. */
  overtaker:
    | { readonly seq: number; readonly timeNs: number; readonly session: number }
    | undefined;
  mayBeOvertaken: boolean;
}

interface Finding {
  readonly lane: number;
  readonly seq: number;
  readonly group: number;
  readonly note: string;
}

const maxRequeues = 65_536;
const maxSuspects = 4_096;

/**
 * O11, requeued to another place. The message must have been there to be handed out: a copy of it that
 * nobody heard of, handed out and lost with its consumer, lets later ones pass rightly. So where the broker
 * counts deliveries, its next one must be the next; where it does not, a pushed one counts unless any session
 * of the group ends before the drain, and a pulled one is possible only. What was sent again may be stored
 * out of its order: possible. A message that never comes back is a matter of losses.
 */
class RequeuedElsewhereCheck implements Check {
  readonly listensTo = [
    EventKind.deliver,
    EventKind.settleSettled,
    EventKind.sessionClosed,
    EventKind.crashed,
    EventKind.lost,
    EventKind.revoked,
    EventKind.drainComplete,
  ];
  readonly #state: MessageState;
  readonly #findings: Findings;
  /** By group and lane index. */
  readonly #requeues: readonly Map<number, Requeue[]>[];
  /** By group: what an end of one of its sessions would excuse. */
  readonly #suspects: Finding[][];
  #waiting = 0;
  #exposure = 0;
  #untracked = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#findings = new Findings('O11', state.lanes, seed);
    this.#requeues = state.groups.map(() => new Map());
    this.#suspects = state.groups.map(() => []);
  }

  fold(event: EventRecord): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.deliver:
        if (this.#waiting > 0) this.#deliver(event);
        return;
      case EventKind.settleSettled:
        if (event.detail !== SettlementCode.requeue || event.outcome !== OutcomeCode.ok) return;
        return this.#requeued(event);
      case EventKind.drainComplete:
        return this.#confirm(event.group);
      default:
        return this.#sessionEnded(event);
    }
  }

  finish(): CheckResult {
    for (const group of this.#suspects.keys()) this.#confirm(group);
    this.#requeues.forEach((lanes, group) => {
      for (const [lane, requeues] of lanes) {
        for (const { seq, overtaker } of requeues) {
          const isOpen = overtaker !== undefined && !this.#state.excuses.has(group, lane, seq);
          this.#findings.possible += isOpen ? 1 : 0;
        }
      }
    });
    if (this.#findings.count === 0 && this.#untracked > 0) {
      const reason = `${plural(this.#untracked, 'requeued message was', 'requeued messages were')} beyond its table`;
      return { status: 'undecided', check: 'O11', reason };
    }
    return this.#findings.result(this.#exposure);
  }

  #requeued({ group, lane, seq, session, timeNs }: EventRecord): void {
    const facts = this.#state.facts.groups[group];
    const lanes = this.#requeues[group];
    const index = this.#state.lanes.indexOf(lane);
    if (facts?.role !== 'subscription' || facts.requeueTo !== 'original') return;
    if (lanes === undefined || index < 0 || !this.#state.lanes.isOrdered(index)) return;
    const inFlight = this.#state.groups[group]?.inFlight;
    const entry = inFlight?.find(index, seq) ?? -1;
    if (inFlight === undefined || entry < 0 || inFlight.session[entry] !== session) return;
    // Without the cause of its requeue it is in hand again already: the answer came after the copy.
    if (((inFlight.flags[entry] ?? 0) & HoldFlag.cause) === 0) return;
    if (this.#waiting >= maxRequeues) {
      this.#untracked += 1;
      return;
    }
    const known = lanes.get(index) ?? [];
    // A second answer about what has not come back says nothing new.
    if (known.some((requeue) => requeue.seq === seq)) return;
    const isWeak = (inFlight.leaseMayEndNs[entry] ?? 0) <= timeNs;
    lanes.set(index, known);
    known.push({
      seq,
      session,
      answeredNs: timeNs,
      isWeak,
      overtaker: undefined,
      mayBeOvertaken: false,
    });
    this.#waiting += 1;
  }

  #deliver(event: EventRecord): void {
    const view = this.#state.delivery;
    const requeues = this.#requeues[event.group]?.get(view.lane);
    if (requeues === undefined || (view.status !== 'first' && view.status !== 'repeat')) return;
    if (view.status === 'repeat') this.#cameBack(event, view, requeues);
    else if (!view.flagged) this.#passes(event, view.lane, requeues);
  }

  /** A later message goes past those that have not come back. */
  #passes(event: EventRecord, lane: number, requeues: readonly Requeue[]): void {
    const { seq, timeNs, session } = event;
    const { resent } = this.#state.sends;
    for (const requeue of requeues) {
      if (requeue.seq >= seq || requeue.overtaker !== undefined) continue;
      const isAfter = isHandedOutAfter(event, requeue.answeredNs, requeue.session);
      const isInOrder = !resent.get(lane, seq) && !resent.get(lane, requeue.seq);
      if (isAfter && isInOrder) requeue.overtaker = { seq, timeNs, session };
      else requeue.mayBeOvertaken = true;
    }
  }

  #cameBack(event: EventRecord, view: DeliveryView, requeues: Requeue[]): void {
    const at = requeues.findIndex(({ seq }) => seq === event.seq);
    const requeue = requeues[at];
    if (requeue === undefined) return;
    requeues.splice(at, 1);
    this.#waiting -= 1;
    this.#exposure += 1;
    const { overtaker } = requeue;
    if (overtaker === undefined) {
      this.#findings.possible += requeue.mayBeOvertaken ? 1 : 0;
      return;
    }
    const isLater = isHandedOutAfter(event, overtaker.timeNs, overtaker.session);
    const heldAttempt = view.held ? view.heldAttempt : 0;
    const isCounted = heldAttempt > 0 && event.attempt > 0;
    const isNext = isCounted && event.attempt === heldAttempt + 1;
    const isPushed = (event.flags & Flag.pulled) === 0;
    const lastCauseNs = this.#state.groups[event.group]?.lastCauseNs ?? 0;
    const mayBeWhole = isCounted ? isNext : isPushed && lastCauseNs < requeue.answeredNs;
    if (!isLater || !mayBeWhole || requeue.isWeak || view.copy !== 'same') {
      this.#findings.possible += 1;
      return;
    }
    const note = `requeued, and seq ${overtaker.seq} of its lane was handed out before it came back`;
    const finding = { lane: view.lane, seq: event.seq, group: event.group, note };
    const suspects = this.#suspects[event.group];
    if (isNext) this.#add(finding);
    else if (suspects !== undefined && suspects.length < maxSuspects) suspects.push(finding);
    else this.#findings.possible += 1;
  }

  /** A session that ends, or ended without notice, may have had the message in between. */
  #sessionEnded({ kind, session, actor, group }: EventRecord): void {
    const { sessions } = this.#state;
    const ended = sessions.find(session)?.group ?? group;
    const isClosed = kind === EventKind.sessionClosed;
    for (const number of isClosed ? [ended] : [group, ...sessions.groupsOf(actor)]) {
      const suspects = this.#suspects[number];
      if (suspects !== undefined) this.#findings.possible += suspects.splice(0).length;
    }
  }

  #confirm(group: number): void {
    for (const finding of this.#suspects[group]?.splice(0) ?? []) this.#add(finding);
  }

  #add({ lane, seq, group, note }: Finding): void {
    this.#findings.add('overtaken', lane, seq, group, note);
  }
}
