import { EventKind, type EventRecord } from '../../core/events.ts';
import { plural } from '../../core/plural.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { notTimed } from './applicability.ts';
import { timedMessages } from './timed-messages.ts';

export const earlyVisible: CheckModule = {
  id: 'V1',
  definition:
    'A message was delivered before the instant from which on it was to be visible, by more than the clocks may be off.',
  source: 'SQS developer guide, delay queues and message timers; Pulsar delayed message delivery',
  memory: '24 bytes a message whose delay is not over',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0,"notBeforeMs":50}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":20,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":21,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge"}',
    '{"timeMs":22,"kind":"settle.settled","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge","outcome":"ok"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: notTimed,
  create: earlyVisibleCheck,
};

/**
 * V1, visible before its delay had passed. A callback runs after the broker handed out, so a delivery that
 * is early was handed out even earlier; within the skew of clocks it is possible only. Each delivery counts.
 */
function earlyVisibleCheck(state: MessageState, seed: number): Check {
  const findings = new Findings('V1', state.lanes, seed);
  const timed = state.part(timedMessages);
  const skewNs = state.facts.bounds.skewMs * 1e6;
  let exposure = 0;
  const fold = (event: EventRecord): void => {
    const { status, lane } = state.delivery;
    if (status !== 'first' && status !== 'repeat') return;
    // What left the table had its delay behind it.
    if (timed.look(lane, event.seq) !== 'known' || timed.notBeforeNs < 0) return;
    exposure += 1;
    if (event.timeNs >= timed.notBeforeNs) return;
    if (event.timeNs >= timed.notBeforeNs - skewNs) {
      findings.possible += 1;
      return;
    }
    const earlyMs = ((timed.notBeforeNs - event.timeNs) / 1e6).toFixed(1);
    const note = `delivered ${earlyMs} ms before its delay had passed`;
    findings.add(status === 'first' ? 'first' : 'again', lane, event.seq, event.group, note);
  };
  const finish = (): CheckResult => {
    if (findings.count === 0 && timed.overflowed > 0) {
      const reason = `the times of ${plural(timed.overflowed, 'message')} found no room`;
      return { status: 'undecided', check: 'V1', reason };
    }
    return findings.result(exposure);
  };
  return { listensTo: [EventKind.deliver], fold, finish };
}
