import { EventKind, type EventRecord } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { DeliveryView } from '../state/delivery-view.ts';
import { callsItFirst } from '../state/group-state.ts';
import { isHandedOutAfter } from '../state/hand-outs.ts';
import { justify } from '../state/justification.ts';
import type { MessageState } from '../state/message-state.ts';
import { Plane } from '../state/planes.ts';

export const falseFlag: CheckModule = {
  id: 'V7',
  definition:
    'An unsettled message was delivered again for a cause, and the broker called that its first delivery, or counted it no further than the one before.',
  source:
    'AMQP 0-9-1 basic.deliver redelivered; SQS ApproximateReceiveCount; JetStream delivery counts',
  memory: 'the table of the deliveries that are unsettled, 41 bytes each',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"redelivered":false}',
    '{"timeMs":3,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"requeue"}',
    '{"timeMs":3.5,"kind":"settle.settled","actor":"c","group":"g","lane":"a","seq":0,"how":"requeue","outcome":"ok"}',
    '{"timeMs":4,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"redelivered":false}',
    '{"timeMs":5,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge"}',
    '{"timeMs":5.5,"kind":"settle.settled","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge","outcome":"ok"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: () => undefined,
  create: (state, seed) => new FalseFlagCheck(state, seed),
};

/**
 * V7, a redelivery that the broker denies or does not count. Two deliveries of one copy that are both called
 * the first, or carry one number, contradict each other in whatever order they were handed out; a smaller
 * number is a lie only if it was certainly handed out later. A delivery without a cause is D5's alone, one
 * after the settlement D6's. Where places do not tell the copy and the cause is uncertain it may be a second
 * stored one, and after a seek or a redrive counting may rightly begin anew: possible.
 */
class FalseFlagCheck implements Check {
  readonly takesRuns = true;
  readonly listensTo = [EventKind.deliver, EventKind.seeked, EventKind.redriven];
  readonly #state: MessageState;
  readonly #findings: Findings;
  readonly #redriven: Plane;
  readonly #soughtNs: number[];
  #exposure = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#findings = new Findings('V7', state.lanes, seed);
    this.#redriven = new Plane(state.lanes);
    this.#soughtNs = state.groups.map(() => Number.NEGATIVE_INFINITY);
  }

  fold(event: EventRecord): void {
    if (event.kind === EventKind.deliver) this.#deliver(event);
    else if (event.kind === EventKind.seeked) this.#soughtNs[event.group] = event.timeNs;
    else this.#redriven.set(this.#state.lanes.indexOf(event.lane), event.seq);
  }

  finish(): CheckResult {
    return this.#findings.result(this.#exposure);
  }

  #deliver(event: EventRecord): void {
    const view = this.#state.delivery;
    if (view.status !== 'repeat' || view.copy === 'second' || !view.held || !view.flagKnown) return;
    const group = this.#state.groups[event.group];
    const justification = group === undefined ? 'no' : justify(view, group, event, true);
    if (justification !== 'yes' && justification !== 'maybe') return;
    this.#exposure += 1;
    const isFirst = callsItFirst(event);
    const isSame = event.attempt > 0 && event.attempt === view.heldAttempt;
    const contradicts = isSame || (isFirst && view.heldCalledFirst);
    const isLess = event.attempt > 0 && event.attempt < view.heldAttempt;
    if (!contradicts && !isFirst && !isLess) return;
    const isLater = isHandedOutAfter(event, view.holderDeliveredNs, view.holderSession);
    const isHeldCopy = view.copy === 'same' && !view.holdsOther;
    const isOneCopy = isHeldCopy && (!view.maybeSecond || justification === 'yes');
    if (!isOneCopy || !(contradicts || isLater) || this.#mayCountAnew(event, view)) {
      this.#findings.possible += 1;
      return;
    }
    const kind = isFirst ? 'called first' : 'not counted';
    const note = isFirst
      ? 'delivered again, and the broker called it the first delivery'
      : `delivered again as delivery ${event.attempt} after delivery ${view.heldAttempt}`;
    this.#findings.add(kind, view.lane, event.seq, event.group, note);
  }

  #mayCountAnew({ group, seq }: EventRecord, view: DeliveryView): boolean {
    const soughtNs = this.#soughtNs[group] ?? 0;
    return soughtNs >= view.holderDeliveredNs || this.#redriven.get(view.lane, seq);
  }
}
