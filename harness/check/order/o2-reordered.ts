import { eachOfRun } from '../../core/event-run.ts';
import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';

export const reordered: CheckModule = {
  id: 'O2',
  definition:
    'Of two messages of an ordered lane the later one was delivered first, both for the first time, in one session and generation. A copy that the broker calls a redelivery is a rewind and no reorder.',
  source:
    'AMQP 0-9-1 section 4.7; SQS FIFO message groups; Kafka per-partition order; the redelivery rule follows Vanlightly’s RabbitMQ model',
  memory: '8 bytes a lane, group and session',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":2.5,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":1,"redelivered":false}',
    '{"timeMs":4,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"redelivered":false}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: () => undefined,
  create: reorderedCheck,
};

/** Seq after the highest first delivery of each lane, by lane index. */
class HighMarks {
  #marks = new Float64Array(0);

  constructor(lanes: number) {
    this.#marks = new Float64Array(lanes);
  }

  get(lane: number): number {
    return this.#marks[lane] ?? 0;
  }

  raise(lane: number, to: number): void {
    if (lane >= this.#marks.length) {
      const grown = new Float64Array(Math.max(lane + 1, this.#marks.length * 2));
      grown.set(this.#marks);
      this.#marks = grown;
    }
    if ((this.#marks[lane] ?? 0) < to) this.#marks[lane] = to;
  }
}

/**
 * O2, reorder: of two messages of an ordered lane the later one was delivered first, both for the first
 * time, in one session and generation. Between sessions the callbacks' order is not the broker's, so
 * that is possible only. A copy that the broker calls a redelivery is a rewind and no reorder; where
 * brokers neither flag nor place copies, nor can a rewind after an interruption be told from a reorder.
 */
function reorderedCheck(state: MessageState, seed: number): Check {
  const findings = new Findings('O2', state.lanes, seed);
  // Dead letters arrive in the order in which they were given up (Q5).
  const ofGroup = state.facts.groups.map(({ role }) =>
    role === 'dead-letter' ? undefined : new HighMarks(state.lanes.size),
  );
  const ofSession = new Map<number, HighMarks>();
  let exposure = 0;
  let lastNumber = -1;
  let last: HighMarks | undefined;
  const foldDelivery = (event: EventRecord, count: number): void => {
    const { status, lane, flagged } = state.delivery;
    const group = ofGroup[event.group];
    if (status !== 'first' || group === undefined || !state.lanes.isOrdered(lane)) return;
    // A copy that is called a redelivery can break no order, so it is no chance to show that it was kept.
    if (!flagged) exposure += count;
    if (event.session !== lastNumber || last === undefined) {
      last = ofSession.get(event.session) ?? new HighMarks(state.lanes.size);
      ofSession.set(event.session, last);
      lastNumber = event.session;
    }
    const session = last;
    if (!flagged && event.seq < group.get(lane)) {
      eachOfRun(event, count, (one) => {
        if (one.seq < group.get(lane)) behind(one, lane, session.get(lane));
      });
    }
    group.raise(lane, event.seq + count);
    session.raise(lane, event.seq + count);
  };
  const behind = (event: EventRecord, lane: number, mark: number): void => {
    const { seq } = event;
    if (seq < mark && isFirstCopy(state, event)) {
      const kind = state.sends.resent.get(lane, seq) ? 'resent' : 'sent once';
      const note = `delivered for the first time after seq ${mark - 1} of its lane`;
      findings.add(kind, lane, seq, event.group, note);
    } else findings.possible += 1;
  };
  const forget = (event: EventRecord): void => {
    last = undefined;
    if (event.kind === EventKind.sessionClosed) {
      ofSession.delete(event.session);
      return;
    }
    // A new generation or a crash: what was delivered before says nothing about the order from here.
    for (const { session } of state.sessions.ofActor(event.actor)) ofSession.delete(session);
  };
  return {
    listensTo: [
      EventKind.deliver,
      EventKind.sessionClosed,
      EventKind.crashed,
      EventKind.assigned,
      EventKind.revoked,
      EventKind.lost,
      EventKind.seeked,
    ],
    takesRuns: true,
    fold: (event, count = 1) => {
      if (event.kind === EventKind.deliver) foldDelivery(event, count);
      else forget(event);
    },
    finish: () => findings.result(exposure),
  };
}

/** A first delivery on record is the broker's first, too: it says so, or no earlier copy can be gone. */
function isFirstCopy(state: MessageState, event: EventRecord): boolean {
  if (state.delivery.flagKnown || (event.flags & Flag.placed) !== 0) return true;
  const lastCauseNs = state.groups[event.group]?.lastCauseNs;
  return !state.facts.leased && lastCauseNs === Number.NEGATIVE_INFINITY;
}
