import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import type { MessageState } from '../state/message-state.ts';
import { type TransactionState, transactionsOf } from '../state/transaction-state.ts';
import { withTransactions } from './applies.ts';

export const positionAfterAbort: CheckModule = {
  id: 'T10',
  definition:
    'For information, never a violation: where a consumer went on after the transaction in which it consumed had been aborted, without a seek and without a new assignment.',
  source:
    'KAFKA-17582 (the position stays where it was, and that is intended); the abort workload of jepsen-io/redpanda',
  memory: 'the consumed ranges of the last aborted transaction of each consumer',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"i","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"i","seq":0,"outcome":"ok"}',
    '{"timeMs":3,"kind":"send.invoke","actor":"p","lane":"i","seq":1}',
    '{"timeMs":4,"kind":"send.settled","actor":"p","lane":"i","seq":1,"outcome":"ok"}',
    '{"timeMs":5,"kind":"deliver","actor":"c","group":"g","lane":"i","seq":0}',
    '{"timeMs":6,"kind":"tx.begin","actor":"c","transaction":"x"}',
    '{"timeMs":7,"kind":"tx.read","actor":"c","transaction":"x","group":"g","lane":"i","seq":0}',
    '{"timeMs":8,"kind":"tx.end.invoke","actor":"c","transaction":"x","end":"abort"}',
    '{"timeMs":9,"kind":"tx.end.settled","actor":"c","transaction":"x","end":"abort","outcome":"ok"}',
    '{"timeMs":10,"kind":"deliver","actor":"c","group":"g","lane":"i","seq":1}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: withTransactions,
  create: (state) => new PositionCheck(state),
};

interface Range {
  first: number;
  last: number;
}

/** What a consumer had consumed in the transaction that was aborted, by lane. */
interface Aborted {
  readonly group: number;
  readonly timeNs: number;
  readonly lanes: Map<number, Range>;
}

/**
 * T10. One observation for each abort: the first message of a lane consumed in the transaction that its
 * consumer gets afterwards; a copy requested before the abort was answered tells nothing. The count of
 * findings is always 0: the classes say how often each was seen, and the exposure how many there were.
 */
class PositionCheck implements Check {
  readonly listensTo = [
    EventKind.transactionEndSettled,
    EventKind.deliver,
    EventKind.seeked,
    EventKind.assigned,
    EventKind.revoked,
    EventKind.lost,
    EventKind.sessionOpened,
    EventKind.sessionClosed,
    EventKind.crashed,
  ];
  readonly #state: MessageState;
  readonly #transactions: TransactionState;
  readonly #byActor = new Map<number, Aborted>();
  readonly #classes: Record<string, number> = {};
  #observed = 0;

  constructor(state: MessageState) {
    this.#state = state;
    this.#transactions = transactionsOf(state);
  }

  fold(event: EventRecord): void {
    if (event.kind === EventKind.deliver) {
      if (this.#byActor.size > 0) this.#deliver(event);
    } else if (event.kind === EventKind.transactionEndSettled) this.#ended(event);
    else if (event.kind === EventKind.seeked) this.#forgetGroup(event.group);
    else this.#byActor.delete(event.actor);
  }

  finish(): CheckResult {
    return {
      status: 'decided',
      check: 'T10',
      count: 0,
      possible: 0,
      exposure: this.#observed,
      classes: this.#classes,
      culprits: [],
    };
  }

  #ended({ timeNs }: EventRecord): void {
    const { ended, reads } = this.#transactions;
    // One that consumed nothing moved no position.
    if (ended === undefined || !ended.consumes) return;
    this.#byActor.delete(ended.actor);
    if (ended.outcome !== 'aborted' || ended.reads < 0) return;
    const lanes = new Map<number, Range>();
    reads.each(ended.reads, (lane, first, end, group) => {
      if (group !== ended.group || !this.#state.lanes.isOrdered(lane)) return;
      const range = lanes.get(lane) ?? { first, last: first };
      range.first = Math.min(range.first, first);
      range.last = Math.max(range.last, end - 1);
      lanes.set(lane, range);
    });
    this.#byActor.set(ended.actor, { group: ended.group, timeNs, lanes });
  }

  #deliver(event: EventRecord): void {
    const aborted = this.#byActor.get(event.actor);
    if (aborted === undefined || aborted.group !== event.group) return;
    if ((event.flags & Flag.pulled) !== 0 && event.auxNs < aborted.timeNs) return;
    const range = aborted.lanes.get(this.#state.delivery.lane);
    if (range === undefined) return;
    this.#byActor.delete(event.actor);
    const where = positionClass(event.seq, range);
    this.#observed += 1;
    this.#classes[where] = (this.#classes[where] ?? 0) + 1;
  }

  /** A seek moves positions on its own account; whose, an event of a group does not always say. */
  #forgetGroup(group: number): void {
    for (const [actor, aborted] of this.#byActor) {
      if (aborted.group === group) this.#byActor.delete(actor);
    }
  }
}

function positionClass(seq: number, { first, last }: Range): string {
  if (seq > last) return 'unchanged';
  if (seq === first) return 'rewound';
  return seq < first ? 'rewound further' : 'rewound in part';
}
