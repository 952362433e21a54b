import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { bindingsOf, type Bindings } from '../state/bindings.ts';
import type { MessageState } from '../state/message-state.ts';
import { Dequeued } from './dequeued.ts';
import { Enqueued } from './enqueued.ts';

/** Messages that one group has not dequeued, and steps of its queues that are remembered. */
const window = 1 << 20;

export const fifoQueue: CheckModule = {
  id: 'O12',
  definition:
    'A message that was in the queue for certain before another was sent was dequeued after it, or never although the queue was drained: no order of the operations explains that as one FIFO queue. First deliveries only, as a requeued message may come back anywhere.',
  source:
    'Bouajjani, Emmi, Enea and Hamza, On Reducing Linearizability to State Reachability (ICALP 2015), bad patterns of the queue; Lee and Mathur, arXiv 2410.04581',
  memory:
    '24 bytes a message that is not dequeued, up to 1,048,576, and 16 bytes a dequeue as many',
  example: [
    '{"kind":"history","version":1,"fifoQueue":true}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":3,"kind":"send.invoke","actor":"q","lane":"b","seq":0}',
    '{"timeMs":4,"kind":"send.settled","actor":"q","lane":"b","seq":0,"outcome":"ok"}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"b","seq":0,"requestedMs":5}',
    '{"timeMs":8,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"requestedMs":7}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: (facts) => (facts.fifoQueue ? undefined : 'no scope is one FIFO queue'),
  create: (state, seed) => new FifoQueueCheck(state, seed, window),
};

/** What one group did with its queues. */
interface Consumption {
  readonly number: number;
  readonly enqueued: Enqueued;
  /** By scope; one for all where deliveries carry no place. */
  readonly queues: Map<number, Dequeued>;
  /** Enqueues that found no room in the table. */
  left: number;
}

/**
 * O12, linearizability as a FIFO queue of unique values. Without dequeues that return nothing, a history
 * is linearizable unless it has a bad pattern: dequeued without an enqueue (D7), twice (D4, D5), or a
 * before b by their enqueues and b before a by their dequeues, or a never dequeued. The last two are
 * decided here, message by message, in O(log n) each. A dequeue lasts from its request to its callback; a
 * pushed one begins when its session was opened at the earliest, and after what the session got before.
 * An enqueue without a confirm takes effect at any later time or never; so may delayed and transactional
 * ones. What may have been handed out before, unseen, is possible only.
 */
export class FifoQueueCheck implements Check {
  readonly listensTo = [
    EventKind.sendInvoke,
    EventKind.sendTimed,
    EventKind.sendSettled,
    EventKind.deliver,
  ];
  readonly #state: MessageState;
  readonly #findings: Findings;
  readonly #bindings: Bindings;
  readonly #consumptions: readonly (Consumption | undefined)[];
  readonly #limit: number;
  #judged = 0;

  constructor(state: MessageState, seed: number, limit: number) {
    this.#state = state;
    this.#limit = limit;
    this.#findings = new Findings('O12', state.lanes, seed);
    this.#bindings = bindingsOf(state);
    this.#consumptions = state.facts.groups.map(({ role }, number) =>
      role === 'subscription'
        ? { number, enqueued: new Enqueued(limit), queues: new Map(), left: 0 }
        : undefined,
    );
  }

  fold(event: EventRecord): void {
    if (event.kind === EventKind.deliver) return this.#dequeue(event);
    const index = this.#state.lanes.indexOf(event.lane);
    if (index < 0) return;
    for (const of of this.#consumptions) {
      if (of === undefined) continue;
      if (event.kind === EventKind.sendInvoke) this.#enqueue(of, index, event);
      else this.#enqueueEnds(of, index, event);
    }
  }

  finish(): CheckResult {
    let left = 0;
    for (const of of this.#consumptions) {
      if (of === undefined) continue;
      left += of.left;
      this.#neverDequeued(of);
    }
    if (left > 0 && this.#findings.count === 0) {
      const reason = `${left} of ${left + this.#judged} enqueues were beyond the window of ${this.#limit}`;
      return { status: 'undecided', check: 'O12', reason };
    }
    return this.#findings.result(this.#judged);
  }

  #enqueue(of: Consumption, index: number, event: EventRecord): void {
    if (!this.#bindings.mayLead(index, of.number)) return;
    if (this.#state.groups[of.number]?.seen.get(index, event.seq) === true) return;
    if (!of.enqueued.add(index, event.seq, event.timeNs)) of.left += 1;
    // In a transaction it becomes visible with the commit, whenever that is.
    else if (event.ref > 0) of.enqueued.defer(of.enqueued.find(index, event.seq));
  }

  #enqueueEnds({ enqueued }: Consumption, index: number, event: EventRecord): void {
    const entry = enqueued.find(index, event.seq);
    if (entry < 0) return;
    if (event.kind === EventKind.sendTimed) enqueued.defer(entry);
    else if (event.outcome === OutcomeCode.ok) enqueued.confirm(entry, event.timeNs);
  }

  #dequeue(event: EventRecord): void {
    const { status, lane } = this.#state.delivery;
    const of = this.#consumptions[event.group];
    if (status !== 'first' || of === undefined) return;
    const entry = of.enqueued.find(lane, event.seq);
    if (entry < 0) return;
    const queue = this.#queueOf(of, event);
    const isPulled = (event.flags & Flag.pulled) !== 0;
    const enqueuedNs = of.enqueued.endNs[entry] as number;
    const startNs = of.enqueued.startNs[entry] as number;
    if (enqueuedNs < event.timeNs) {
      this.#judged += 1;
      const latestNs = isPulled
        ? queue.latestStartBeforeNs(event.auxNs)
        : Math.max(
            queue.latestStartInNs(event.session),
            queue.latestStartBeforeNs(this.#state.delivery.sessionOpenedNs),
          );
      if (latestNs > enqueuedNs) this.#overtaken(event);
    }
    queue.add(event.timeNs, startNs);
    if (!isPulled) queue.pushed(event.session, startNs);
    of.enqueued.remove(lane, event.seq);
  }

  #queueOf(of: Consumption, event: EventRecord): Dequeued {
    const scope = (event.flags & Flag.placed) === 0 ? -1 : event.scope;
    const known = of.queues.get(scope);
    if (known !== undefined) return known;
    const queue = new Dequeued(this.#limit);
    of.queues.set(scope, queue);
    return queue;
  }

  #overtaken(event: EventRecord): void {
    const { lane, flagged, flagKnown } = this.#state.delivery;
    if (flagged) return;
    const group = this.#state.groups[event.group];
    const mayHaveBeenOut =
      this.#state.facts.leased || group?.lastCauseNs !== Number.NEGATIVE_INFINITY;
    if (!flagKnown && mayHaveBeenOut) {
      this.#findings.possible += 1;
      return;
    }
    const note = 'dequeued after a message that was sent when this one was in the queue already';
    this.#findings.add('overtaken', lane, event.seq, event.group, note);
  }

  /** What a drained queue never handed out, although it handed out something sent later. */
  #neverDequeued({ number, enqueued, queues }: Consumption): void {
    const group = this.#state.groups[number];
    const [queue, second] = queues.values();
    // Of several queues nobody can tell in which it was.
    if (group?.drained !== true || queue === undefined || second !== undefined) return;
    enqueued.each((entry) => {
      if (!(queue.latestStartNs > (enqueued.endNs[entry] as number))) return;
      const [lane, seq] = [enqueued.lane[entry] as number, enqueued.seq[entry] as number];
      const word = seq >>> 5;
      const due =
        this.#bindings.belongsWord(number, lane, word) &
        group.drainedWord(lane, word) &
        ~this.#state.excuses.word(number, lane, word) &
        ~group.seen.word(lane, word);
      if (((due >>> (seq & 31)) & 1) === 0) return;
      this.#judged += 1;
      if (group.lastCauseNs !== Number.NEGATIVE_INFINITY) this.#findings.possible += 1;
      else {
        const note = 'never dequeued, although a message that was sent later was';
        this.#findings.add('never delivered', lane, seq, number, note);
      }
    });
  }
}
