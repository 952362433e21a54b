import { DeadLetterCause, EventKind, type EventRecord } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, Plane, popcount32 } from '../state/planes.ts';
import { type Attempts, attemptsOf } from './attempts.ts';

export const anotherNumber: CheckModule = {
  id: 'Q3',
  definition:
    'A message was dead-lettered for its attempts after fewer deliveries than the limit (early), or was delivered beyond the limit (late).',
  source:
    'SQS developer guide, maxReceiveCount; RabbitMQ quorum queues, delivery limit; limits by approximate counters may only be a SHOULD',
  memory: '5 bits a message and group, and 48 bytes a message that came more than once',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription","attempts":3,"deadLetter":"dlq"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"attempt":1}',
    '{"timeMs":3,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"requeue"}',
    '{"timeMs":4,"kind":"dead-letter","group":"g","lane":"a","seq":0,"cause":"attempts","attempt":1}',
    '{"timeMs":5,"kind":"deliver","actor":"d","group":"dlq","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"drain.complete","group":"dlq"}',
  ],
  applies: ({ groups }) =>
    groups.some((of) => of.role === 'subscription' && of.attempts > 0)
      ? undefined
      : 'no group has a delivery limit',
  create: (state, seed) => new AnotherNumberCheck(state, seed),
};

/**
 * Q3, another number of attempts than the limit. The broker's own number is proof. Where it gives none,
 * deliveries are counted; then it is possible only as soon as one may have got lost on its way (a session
 * ended, a fault was active) or need not count as an attempt (no requeue and no end of its lease before the
 * next one), or several copies of the message may have been counted together.
 */
class AnotherNumberCheck implements Check {
  readonly listensTo = [EventKind.deadLettered, EventKind.faultStarted];
  readonly #state: MessageState;
  readonly #attempts: Attempts;
  readonly #seed: number;
  readonly #early: readonly Plane[];
  readonly #maybeEarly: readonly Plane[];
  readonly #givenUp: readonly Plane[];
  #anyFault = false;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#attempts = attemptsOf(state);
    this.#seed = seed;
    const planes = (): readonly Plane[] => state.groups.map(() => new Plane(state.lanes));
    this.#early = planes();
    this.#maybeEarly = planes();
    this.#givenUp = planes();
  }

  fold(event: EventRecord): void {
    if (event.kind === EventKind.faultStarted) this.#anyFault = true;
    else if (event.detail === DeadLetterCause.attempts) this.#moved(event);
  }

  finish(): CheckResult {
    const state = this.#state;
    const findings = new Findings('Q3', state.lanes, this.#seed);
    let exposure = 0;
    this.#attempts.groups.forEach((of, group) => {
      if (of === undefined || of.limit === 0) return;
      state.lanes.eachWord((lane, word) => {
        const given = this.#givenUp[group]?.word(lane, word) ?? 0;
        const late = of.late.word(lane, word);
        const early = (this.#early[group]?.word(lane, word) ?? 0) & ~late;
        const maybe =
          of.maybeLate.word(lane, word) | (this.#maybeEarly[group]?.word(lane, word) ?? 0);
        exposure += popcount32(given | of.atLimit.word(lane, word) | early);
        findings.possible += popcount32(maybe & ~late & ~early);
        eachBit(early, word, (seq) => {
          findings.add('early', lane, seq, group, 'dead-lettered before the limit was reached');
        });
        eachBit(late, word, (seq) => {
          findings.add('late', lane, seq, group, 'delivered more often than the limit allows');
        });
      });
    });
    return findings.result(exposure);
  }

  #moved({ group, lane, seq, attempt }: EventRecord): void {
    const { lanes, sends, stored2, groups } = this.#state;
    const of = this.#attempts.groups[group];
    const index = lanes.indexOf(lane);
    if (of === undefined || of.limit === 0 || index < 0) return;
    this.#givenUp[group]?.set(index, seq);
    if (attempt > 0) {
      if (attempt < of.limit) this.#early[group]?.set(index, seq);
      if (attempt > of.limit) of.late.set(index, seq);
      return;
    }
    if (this.#attempts.latest(group, index, seq) >= of.limit) return;
    const isOne = !sends.resent.get(index, seq) && !stored2.get(index, seq);
    const isComplete = groups[group]?.lastCauseNs === Number.NEGATIVE_INFINITY && !this.#anyFault;
    const planes = isOne && isComplete ? this.#early : this.#maybeEarly;
    planes[group]?.set(index, seq);
  }
}
