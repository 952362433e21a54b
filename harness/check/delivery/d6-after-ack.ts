import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { CellFacts } from '../../core/facts.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { isAfterSettlement } from '../state/justification.ts';
import type { MessageState } from '../state/message-state.ts';

export const afterAck: CheckModule = {
  id: 'D6',
  definition:
    'A copy was requested, or its session opened, after the acknowledgement of the message in that group had completed, and it was delivered all the same. A copy that may have been on its way already is possible only.',
  source:
    'RabbitMQ consumer acknowledgements; NATS JetStream double ack; callback time is not broker time',
  memory: '1 bit a message and group, and the settlement times of the latest 65,536',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"requestedMs":1.8}',
    '{"timeMs":3,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge"}',
    '{"timeMs":3.5,"kind":"settle.settled","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge","outcome":"ok"}',
    '{"timeMs":5,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"requestedMs":4}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: () => undefined,
  create: afterAckCheck,
};

/** Something stands for the acknowledgement: an answer, a fence, or finished processing. */
export function provesSettlement(facts: CellFacts): boolean {
  return facts.consumption === 'automatic' || facts.ackReply !== 'none';
}

/**
 * D6, delivered again after its acknowledgement had completed. Callback time is not broker time: only a
 * copy that was requested after the acknowledgement, or came in a session opened after it, is a finding;
 * any other may have been on its way already and is possible, and so is one that may have come because the
 * group was moved back by a seek since. A second stored copy is D4's.
 */
function afterAckCheck(state: MessageState, seed: number): Check {
  const findings = new Findings('D6', state.lanes, seed);
  const fold = (event: EventRecord): void => {
    const view = state.delivery;
    if (view.status !== 'repeat' || !view.done || view.copy === 'second') return;
    const pulled = (event.flags & Flag.pulled) !== 0;
    const isSought = (state.groups[event.group]?.soughtNs ?? 0) >= view.doneLatestNs;
    if (view.copy === 'either' || isSought || !isAfterSettlement(view, pulled, event.auxNs)) {
      findings.possible += 1;
      return;
    }
    const how = pulled ? 'requested' : 'new session';
    const note = pulled
      ? 'requested and delivered after its acknowledgement had completed'
      : 'delivered in a session opened after its acknowledgement had completed';
    findings.add(how, view.lane, event.seq, event.group, note);
  };
  const finish = (): CheckResult => {
    if (!provesSettlement(state.facts)) {
      const reason = 'acknowledgements have no reply here: nothing proves when one was applied';
      return { status: 'undecided', check: 'D6', reason };
    }
    return findings.result(state.groups.reduce((sum, { done }) => sum + done.count(), 0));
  };
  return {
    listensTo: provesSettlement(state.facts) ? [EventKind.deliver] : [],
    takesRuns: true,
    fold,
    finish,
  };
}
