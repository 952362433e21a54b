import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../core/events.ts';
import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { operationsMost, QueueOperations } from './queue-operations.ts';

export const fifoQueue: CheckModule = {
  id: 'O12',
  definition:
    'The sends and first deliveries of a group are not linearizable as one FIFO queue: a message was acknowledged before another was sent, and the other was delivered before this one was requested, or this one never.',
  source:
    'Bouajjani, Emmi, Enea and Hamza, On Reducing Linearizability to State Reachability (ICALP 2015), pattern VOrd; Lee and Mathur, arXiv 2410.04581',
  memory: '32 bytes a message and group, for the first million operations',
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
  applies: (facts) => (facts.fifoQueue ? undefined : 'no queue is claimed to be one FIFO queue'),
  create: fifoQueueCheck,
};

const keyBase = 0x1_0000_0000;

/**
 * Deliveries out of nothing and second ones are D7's and D4's to D6's, so that the order is all that is
 * left to decide. A send of unknown outcome may take effect at any later time or never. A pushed delivery
 * can have been taken from the queue at any time since the send began, and a copy that is called a
 * redelivery says nothing about when it was taken first: neither can have been overtaken for certain. Of a
 * group whose consumers were disturbed (a crash, a requeue, a seek) only what was seen counts: a message
 * that never came may have been taken and lost with its holder.
 */
function fifoQueueCheck(state: MessageState, seed: number): Check {
  const queues = state.groups.map(() => new QueueOperations());
  const numbers = new Map<number, number>();
  const keys: number[] = [];
  let beyond = 0;
  const numberOf = (lane: number, seq: number): number =>
    numbers.get(state.lanes.indexOf(lane) * keyBase + seq) ?? -1;
  const send = (event: EventRecord): void => {
    const lane = state.lanes.indexOf(event.lane);
    const key = lane * keyBase + event.seq;
    if (lane < 0 || numbers.has(key)) return;
    if (keys.length * 2 >= operationsMost) {
      beyond += 1;
      return;
    }
    numbers.set(key, keys.length);
    keys.push(key);
    for (const queue of queues) queue.enqueue(event.timeNs);
  };
  const deliver = (event: EventRecord): void => {
    const message = numberOf(event.lane, event.seq);
    const queue = queues[event.group];
    if (message < 0 || queue === undefined || queue.isDequeued(message)) return;
    const isPulled = (event.flags & Flag.pulled) !== 0;
    queue.dequeued(message, event.auxNs, event.timeNs);
    if (!isPulled || state.delivery.flagged) queue.excuse(message);
  };
  return {
    listensTo: [EventKind.sendInvoke, EventKind.sendSettled, EventKind.deliver],
    fold: (event) => {
      if (event.kind === EventKind.sendInvoke) send(event);
      else if (event.kind === EventKind.deliver) deliver(event);
      else if (event.outcome === OutcomeCode.ok) {
        const message = numberOf(event.lane, event.seq);
        if (message >= 0) for (const queue of queues) queue.enqueued(message, event.timeNs);
      }
    },
    finish: () => {
      if (beyond > 0) {
        const reason = `${beyond} of ${beyond + keys.length} messages were beyond the window`;
        return { status: 'undecided', check: 'O12', reason };
      }
      const findings = new Findings('O12', state.lanes, seed);
      let exposure = 0;
      queues.forEach((queue, group) => {
        if (state.facts.groups[group]?.role !== 'subscription') return;
        exposure += queue.size;
        tell(state, queue, keys, group, findings);
      });
      return findings.result(exposure);
    },
  };
}

function tell(
  state: MessageState,
  queue: QueueOperations,
  keys: readonly number[],
  number: number,
  findings: Findings,
): void {
  const group = state.groups[number];
  if (group === undefined) return;
  const isDisturbed = group.lastCauseNs !== Number.NEGATIVE_INFINITY;
  for (const message of queue.overtaken()) {
    const key = keys[message] as number;
    const [lane, seq] = [Math.floor(key / keyBase), key % keyBase];
    const never = !queue.isDequeued(message);
    if (never && (isDisturbed || !group.drained)) findings.possible += 1;
    else if (isDisturbed && !never && !state.facts.placed) findings.possible += 1;
    else {
      const kind = never ? 'never delivered' : 'overtaken';
      findings.add(kind, lane, seq, number, 'a message sent after its acknowledgement came first');
    }
  }
}
