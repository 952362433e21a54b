import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { provesSettlement } from './d6-after-ack.ts';
import type { DeliveryView } from '../state/delivery-view.ts';
import { Findings } from '../findings.ts';
import { HolderWatch } from '../state/holder-watch.ts';
import { isAfterSettlement, justify } from '../state/justification.ts';
import { beyondInFlight } from '../state/beyond-in-flight.ts';
import type { MessageState } from '../state/message-state.ts';

export const unjustified: CheckModule = {
  id: 'D5',
  definition:
    'A stored copy was delivered a second time to a group without a cause: no requeue, no end of its lease, no crash, end or revocation of its holder, no seek.',
  source: 'AMQP 0-9-1 basic.deliver redelivered; SQS developer guide, visibility timeout',
  memory: 'a table of the deliveries that are unsettled, 41 bytes each',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: () => undefined,
  create: unjustifiedCheck,
};

/**
 * D5, a second delivery of the same stored copy that nothing justifies: no requeue, no end of the lease,
 * no crash or end of its holder's session, no revocation without commit, no seek. A delivery that is
 * proven to come after the acknowledgement is D6's alone, one from another place D4's alone. A consumer
 * that stood still may be called back late with a copy that it was handed before the other holder, who then
 * has it rightly because the session of the first had ended.
 */
function unjustifiedCheck(state: MessageState, seed: number): Check {
  return new UnjustifiedCheck(state, seed);
}

/** Whether this copy may have been handed out before the one that its other holder had. */
function mayBeEarlier({ flags, auxNs }: EventRecord, view: DeliveryView): boolean {
  return (flags & Flag.pulled) === 0 || auxNs < otherNs(view);
}

/** The earlier one's lease may have ended by the time when the other holder had it. */
function mayHaveEnded({ flags, auxNs, ref }: EventRecord, view: DeliveryView): boolean {
  const notBeforeNs = (flags & Flag.pulled) === 0 ? view.sessionOpenedNs : auxNs;
  return ref > 0 && notBeforeNs + ref * 1e6 <= otherNs(view);
}

/** The other holder had its copy by then. */
function otherNs(view: DeliveryView): number {
  return view.done ? view.doneLatestNs : view.holderDeliveredNs;
}

class UnjustifiedCheck implements Check {
  readonly listensTo = [EventKind.deliver, ...HolderWatch.listensTo];
  readonly takesRuns = true;
  readonly #state: MessageState;
  readonly #findings: Findings;
  readonly #watch: HolderWatch;
  readonly #settles: boolean;
  /** A settlement counts as proved by the broker; process.done, or an unanswered one, does not. */
  readonly #isProved: boolean;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#findings = new Findings('D5', state.lanes, seed);
    this.#watch = new HolderWatch(state, this.#findings);
    this.#settles = state.facts.consumption !== 'automatic';
    this.#isProved = this.#settles && state.facts.ackReply !== 'none';
  }

  fold(event: EventRecord): void {
    if (event.kind === EventKind.deliver) this.#deliver(event);
    else this.#watch.fold(event);
  }

  finish(): CheckResult {
    this.#watch.close();
    const { groups } = this.#state;
    const reason = beyondInFlight(this.#state);
    if (reason !== '') return { status: 'undecided', check: 'D5', reason };
    return this.#findings.result(groups.reduce((sum, { seen }) => sum + seen.count(), 0));
  }

  #deliver(event: EventRecord): void {
    const view = this.#state.delivery;
    if (!this.#settles && (event.flags & Flag.pulled) !== 0) {
      this.#watch.requestAnswered(event.session, event.auxNs);
    }
    if (view.status === 'repeat' && view.copy !== 'second') this.#repeat(event, view);
  }

  #repeat(event: EventRecord, view: DeliveryView): void {
    const group = this.#state.groups[event.group];
    if (group === undefined) return;
    const pulled = (event.flags & Flag.pulled) !== 0;
    const isD6 =
      provesSettlement(this.#state.facts) && isAfterSettlement(view, pulled, event.auxNs);
    if (isD6) return;
    const justification = justify(view, group, event, this.#isProved);
    if (justification === 'yes') return;
    const isLate = mayBeEarlier(event, view);
    if (
      justification === 'maybe' ||
      view.copy === 'either' ||
      (isLate && mayHaveEnded(event, view))
    ) {
      this.#findings.possible += 1;
      return;
    }
    const kind = view.done ? 'after settlement' : 'while held';
    const note = view.done
      ? 'delivered again after it was settled, for no reason'
      : 'delivered again while its first delivery was unsettled, for no reason';
    const { seq, group: number, timeNs } = event;
    const suspect = { index: view.lane, seq, group: number, timeNs, kind, note };
    const holder = view.done ? view.doneSession : view.holderSession;
    const unsure = [
      ...(justification === 'unless-holder-ended' ? [holder] : []),
      ...(holder !== event.session && isLate ? [event.session] : []),
    ];
    this.#watch.add(unsure, suspect);
  }
}
