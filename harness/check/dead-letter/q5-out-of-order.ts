import { EventKind, type EventRecord } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { mainsOf } from '../state/excuses.ts';
import type { MessageState } from '../state/message-state.ts';
import { AckWindow } from '../state/windows.ts';

export const outOfOrder: CheckModule = {
  id: 'Q5',
  definition:
    'Of two dead letters of an ordered lane the one that was moved later was delivered first, both for the first time, in one session of their reader.',
  source:
    'SQS developer guide, FIFO dead-letter queues; order among dead letters is claimed by few',
  memory:
    'when the latest 65,536 dead letters of each group were moved, and 24 bytes a lane and session',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription","deadLetter":"dlq"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":2.5,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok"}',
    '{"timeMs":3,"kind":"dead-letter","group":"g","lane":"a","seq":0,"cause":"expired"}',
    '{"timeMs":4,"kind":"dead-letter","group":"g","lane":"a","seq":1,"cause":"expired"}',
    '{"timeMs":5,"kind":"deliver","actor":"d","group":"dlq","lane":"a","seq":1}',
    '{"timeMs":6,"kind":"deliver","actor":"d","group":"dlq","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"drain.complete","group":"dlq"}',
  ],
  applies: ({ groups }) =>
    groups.some(({ role }) => role === 'dead-letter') ? undefined : 'nobody reads dead letters',
  create: (state, seed) => new OutOfOrderCheck(state, seed),
};

/**
 * Q5, dead letters out of order. The order in which they were moved is that of their `dead-letter` events;
 * where nothing tells of the moves there is nothing to compare. As in O2 a copy that is called a redelivery
 * is none of it, and between sessions the order of callbacks is not the broker's: possible. So it is for a
 * message that was moved back and came again, and where several groups share their dead letters.
 */
class OutOfOrderCheck implements Check {
  readonly listensTo = [EventKind.deadLettered, EventKind.redriven, EventKind.deliver];
  readonly #state: MessageState;
  readonly #findings: Findings;
  /** By group that dead-letters: when each message was moved. */
  readonly #moves: (AckWindow | undefined)[];
  readonly #mainsOf: readonly (readonly number[])[];
  /** By reader and lane: the latest move among what it got; by session and lane likewise. */
  readonly #ofReader: readonly Map<number, number>[];
  readonly #ofSession = new Map<number, Map<number, number>>();
  #anyRedrive = false;
  #compared = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    const { groups } = state.facts;
    this.#findings = new Findings('Q5', state.lanes, seed);
    this.#moves = groups.map(() => undefined);
    this.#mainsOf = groups.map((_, reader) => mainsOf(groups, reader));
    this.#ofReader = groups.map(() => new Map());
  }

  fold(event: EventRecord): void {
    if (event.kind === EventKind.deliver) return this.#deliver(event);
    if (event.kind === EventKind.redriven) {
      this.#anyRedrive = true;
      return;
    }
    const lane = this.#state.lanes.indexOf(event.lane);
    if (lane < 0 || this.#state.groups[event.group] === undefined) return;
    const moves = (this.#moves[event.group] ??= new AckWindow());
    moves.remember(lane, event.seq, event.timeNs, 0);
  }

  finish(): CheckResult {
    return this.#findings.result(this.#compared);
  }

  #deliver(event: EventRecord): void {
    const { status, lane, flagged } = this.#state.delivery;
    const mains = this.#mainsOf[event.group] ?? [];
    const ofReader = this.#ofReader[event.group];
    if (status !== 'first' || flagged || mains.length === 0 || ofReader === undefined) return;
    if (!this.#state.lanes.isOrdered(lane)) return;
    const moves = mains.map((main) => this.#moves[main]).find((of) => of?.has(lane, event.seq));
    if (moves === undefined) return;
    const movedNs = moves.latestNs(lane, event.seq);
    const ofSession = this.#ofSession.get(event.session) ?? new Map<number, number>();
    this.#ofSession.set(event.session, ofSession);
    this.#compared += 1;
    if (movedNs < (ofReader.get(lane) ?? -1)) {
      const isCertain = movedNs < (ofSession.get(lane) ?? -1) && !this.#anyRedrive;
      if (!isCertain || mains.length > 1) this.#findings.possible += 1;
      else {
        const note = 'came after a dead letter of its lane that was moved later';
        this.#findings.add('overtaken', lane, event.seq, event.group, note);
      }
    }
    ofReader.set(lane, Math.max(movedNs, ofReader.get(lane) ?? -1));
    ofSession.set(lane, Math.max(movedNs, ofSession.get(lane) ?? -1));
  }
}
