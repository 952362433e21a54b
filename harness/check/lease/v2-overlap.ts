import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { DeliveryView } from '../state/delivery-view.ts';
import { HolderWatch } from '../state/holder-watch.ts';
import { beyondInFlight } from '../state/beyond-in-flight.ts';
import type { MessageState } from '../state/message-state.ts';
import { noLeases } from './applicability.ts';

export const overlap: CheckModule = {
  id: 'V2',
  definition:
    'A message was delivered to another consumer while the lease of its holder, counted from the earliest instant at which it can have begun, had not ended, and its holder had neither given it back nor gone.',
  source:
    'SQS developer guide, visibility timeout: other consumers do not receive the message until it ends',
  memory: 'the table of the deliveries that are unsettled, 41 bytes each',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2.5,"kind":"deliver","actor":"c1","group":"g","lane":"a","seq":0,"requestedMs":2,"leaseMs":30}',
    '{"timeMs":5,"kind":"deliver","actor":"c2","group":"g","lane":"a","seq":0,"requestedMs":4,"leaseMs":30}',
    '{"timeMs":6,"kind":"settle.invoke","actor":"c1","group":"g","lane":"a","seq":0,"how":"acknowledge"}',
    '{"timeMs":7,"kind":"settle.settled","actor":"c1","group":"g","lane":"a","seq":0,"how":"acknowledge","outcome":"ok"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: noLeases,
  create: (state, seed) => new OverlapCheck(state, seed),
};

/**
 * V2, lease overlap. The callback of the second delivery runs after it was handed out, so a lease that was
 * still running then certainly overlapped. A lease that may have ended is possible only; so is a copy that
 * may have been handed out before the holder's and was called back with late, unless the two leases overlap
 * in that order, too. The end of a session ends its leases in some systems and is noticed late, so the
 * finding waits for a sign of life of the holder. The same event is D5's, as its consequence.
 */
class OverlapCheck implements Check {
  readonly listensTo = [EventKind.deliver, ...HolderWatch.listensTo];
  readonly #state: MessageState;
  readonly #findings: Findings;
  readonly #watch: HolderWatch;
  #leased = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#findings = new Findings('V2', state.lanes, seed);
    this.#watch = new HolderWatch(state, this.#findings);
  }

  fold(event: EventRecord): void {
    if (event.kind !== EventKind.deliver) return this.#watch.fold(event);
    const view = this.#state.delivery;
    if (view.status === 'first' || view.status === 'repeat') this.#leased += event.ref > 0 ? 1 : 0;
    if (view.status === 'repeat' && view.copy !== 'second') this.#repeat(event, view);
  }

  finish(): CheckResult {
    this.#watch.close();
    const reason = beyondInFlight(this.#state);
    if (reason !== '') return { status: 'undecided', check: 'V2', reason };
    return this.#findings.result(this.#leased);
  }

  #repeat(event: EventRecord, view: DeliveryView): void {
    const isLeased = Number.isFinite(view.leaseMayEndNs);
    if (!view.held || view.holderCause || !isLeased || view.holderSession === event.session) return;
    if (event.timeNs >= view.leaseEndsNs) return;
    const mayBeEarlier = (event.flags & Flag.pulled) === 0 || event.auxNs < view.holderDeliveredNs;
    const isCertain = event.timeNs < view.leaseMayEndNs && (!mayBeEarlier || outlasts(event, view));
    if (!isCertain || view.copy === 'either' || view.holdsOther) {
      this.#findings.possible += 1;
      return;
    }
    const { seq, group, timeNs } = event;
    const note = 'delivered to another consumer while its lease was running';
    const suspect = { index: view.lane, seq, group, timeNs, kind: 'leased', note };
    const sessions = [view.holderSession, ...(mayBeEarlier ? [event.session] : [])];
    this.#watch.add(sessions, suspect);
  }
}

/** Handed out first, its lease had not ended either when the other holder was called back. */
function outlasts({ flags, auxNs, ref }: EventRecord, view: DeliveryView): boolean {
  return (flags & Flag.pulled) !== 0 && auxNs + ref * 1e6 > view.holderDeliveredNs;
}
