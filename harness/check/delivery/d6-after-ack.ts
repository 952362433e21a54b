import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { CellFacts, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { isAfterSettlement } from '../state/justification.ts';
import type { MessageState } from '../state/message-state.ts';
import type { StreamingCheck } from '../streaming-check.ts';

/** Something stands for the acknowledgement: an answer, a fence, or finished processing. */
export function provesSettlement(facts: CellFacts): boolean {
  return facts.consumption === 'automatic' || facts.ackReply !== 'none';
}

/**
 * D6, delivered again after its acknowledgement had completed. Callback time is not broker time: only a
 * copy that was requested after the acknowledgement, or came in a session opened after it, is a finding;
 * any other may have been on its way already and is possible. A second stored copy is D4's.
 */
export function afterAckCheck(state: MessageState, seed: number): StreamingCheck {
  const findings = new Findings('D6', state.lanes, seed);
  const fold = (event: EventRecord): void => {
    const view = state.delivery;
    if (view.status !== 'repeat' || !view.done || view.copy === 'second') return;
    const pulled = (event.flags & Flag.pulled) !== 0;
    if (view.copy === 'either' || !isAfterSettlement(view, pulled, event.auxNs)) {
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
    id: 'D6',
    listensTo: provesSettlement(state.facts) ? [EventKind.deliver] : [],
    fold,
    finish,
  };
}
