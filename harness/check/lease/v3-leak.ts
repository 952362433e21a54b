import { EventKind, type EventRecord } from '../../core/events.ts';
import { plural } from '../../core/plural.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { type HandOuts, handOuts } from '../state/hand-outs.ts';
import type { GroupState } from '../state/group-state.ts';
import { HoldFlag } from '../state/in-flight.ts';
import { beyondInFlight } from '../state/beyond-in-flight.ts';
import type { MessageState } from '../state/message-state.ts';
import { noLeases } from './applicability.ts';
import { Service } from './service.ts';
import { type TimedMessages, timedMessages } from './timed-messages.ts';

export const leak: CheckModule = {
  id: 'V3',
  definition:
    'The lease of an unsettled message had certainly ended, and although its group kept asking for messages, it was not handed out again within the slack, or not at all until the group was drained.',
  source: 'SQS developer guide, visibility timeout: the message becomes visible again when it ends',
  memory: 'the table of the deliveries that are unsettled, 41 bytes each',
  example: [
    '{"kind":"history","version":1,"bounds":{"leaseSlackMs":20}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"leaseMs":30}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: noLeases,
  create: (state, seed) => new LeakCheck(state, seed),
};

/**
 * V3, a lease that nobody ended. A late redelivery is a finding only if the broker counted no delivery in
 * between, of which nobody may have heard, and if it was handed out later than the slack after both the end
 * of the lease and the last time at which the group got nothing for a while; else it is possible, as far as
 * a session was open. A message that never came back is one if the drain came later than the slack. It is
 * not, if it expired, was moved or purged; possible, if its settlement was under way or its attempts were
 * used up. One that its holder settled after all is none.
 */
class LeakCheck implements Check {
  readonly listensTo = Service.listensTo;
  readonly #state: MessageState;
  readonly #findings: Findings;
  readonly #service: Service;
  readonly #handed: HandOuts;
  readonly #timed: TimedMessages | undefined;
  readonly #slackNs: number;
  #exposure = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#findings = new Findings('V3', state.lanes, seed);
    this.#slackNs = state.facts.bounds.leaseSlackMs * 1e6;
    this.#service = new Service(state, this.#slackNs);
    this.#handed = state.part(handOuts);
    this.#timed = state.facts.timed ? state.part(timedMessages) : undefined;
  }

  fold(event: EventRecord): void {
    this.#service.fold(event);
    if (event.kind === EventKind.deliver) this.#deliver(event);
  }

  finish(): CheckResult {
    let open = 0;
    this.#state.groups.forEach((group, number) => {
      open += this.#neverReturned(group, number);
    });
    const notDrained =
      open > 0 ? `${plural(open, 'lease')} had ended in subscriptions that were not drained` : '';
    const reason = beyondInFlight(this.#state) || notDrained;
    if (this.#findings.count === 0 && reason !== '') {
      return { status: 'undecided', check: 'V3', reason };
    }
    return this.#findings.result(this.#exposure);
  }

  #deliver(event: EventRecord): void {
    const view = this.#state.delivery;
    if (view.status !== 'repeat' || !view.held || view.copy === 'second') return;
    const { leaseEndsNs } = view;
    if (event.timeNs < leaseEndsNs) return;
    this.#exposure += 1;
    const { group, seq, attempt } = event;
    const openSinceNs = Math.max(leaseEndsNs, this.#service.openSinceNs(group));
    const servedSinceNs = Math.max(leaseEndsNs, this.#service.servedSinceNs(group));
    const isNext = view.heldAttempt > 0 && attempt === view.heldAttempt + 1;
    const isLate = this.#handed.notBeforeNs > servedSinceNs + this.#slackNs;
    if (isLate && isNext && view.copy === 'same' && !view.holdsOther) {
      const lateMs = ((this.#handed.notBeforeNs - leaseEndsNs) / 1e6).toFixed(1);
      const note = `handed out again no sooner than ${lateMs} ms after its lease had ended`;
      this.#findings.add('late', view.lane, seq, group, note);
    } else if (event.timeNs > openSinceNs + this.#slackNs) this.#findings.possible += 1;
  }

  /** @returns how many leases had ended in it without anything that decides about them */
  #neverReturned(group: GroupState, number: number): number {
    let open = 0;
    const { inFlight } = group;
    const nowNs = group.drained ? group.drainedNs : this.#state.lastNs;
    inFlight.each((entry) => {
      const endsNs = inFlight.leaseEndsNs[entry] ?? 0;
      if (endsNs > nowNs || this.#isExcused(group, number, entry, nowNs)) return;
      this.#exposure += 1;
      if (!group.drained && endsNs + this.#slackNs <= nowNs) open += 1;
      if (
        !group.drained ||
        endsNs + this.#slackNs > nowNs ||
        this.#mayBeGone(group, number, entry)
      ) {
        this.#findings.possible += 1;
        return;
      }
      const note = 'its lease ended, and nobody got it again before the drain';
      const lane = inFlight.lane[entry] ?? 0;
      this.#findings.add('never', lane, inFlight.seq[entry] ?? 0, number, note);
    });
    return open;
  }

  /** It was removed for another reason, or may have expired by now. */
  #isExcused({ inFlight }: GroupState, number: number, entry: number, nowNs: number): boolean {
    const lane = inFlight.lane[entry] ?? 0;
    const seq = inFlight.seq[entry] ?? 0;
    if (this.#state.excuses.has(number, lane, seq)) return true;
    return this.#timed?.mayHaveExpired(lane, seq, nowNs) ?? false;
  }

  #mayBeGone({ inFlight }: GroupState, number: number, entry: number): boolean {
    const unanswered = HoldFlag.settling | HoldFlag.rejecting;
    if (((inFlight.flags[entry] ?? 0) & unanswered) !== 0) return true;
    const facts = this.#state.facts.groups[number];
    if (facts?.role !== 'subscription' || facts.attempts === 0) return false;
    const attempt = inFlight.attempt[entry] ?? 0;
    return attempt === 0 || attempt >= facts.attempts;
  }
}
