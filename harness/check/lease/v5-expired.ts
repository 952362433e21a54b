import { EventKind, type EventRecord } from '../../core/events.ts';
import { plural } from '../../core/plural.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { handOuts } from '../state/hand-outs.ts';
import type { MessageState } from '../state/message-state.ts';
import { notTimed } from './applicability.ts';
import { timedMessages } from './timed-messages.ts';

export const expired: CheckModule = {
  id: 'V5',
  definition:
    'A message was handed out after it had expired and the period of grace was over. A copy that may have been on its way by then is possible only.',
  source: 'RabbitMQ time-to-live: an expired message is not delivered; SQS message retention',
  memory: '24 bytes a message that has not expired, 1 bit for one that has',
  example: [
    '{"kind":"history","version":1,"bounds":{"expiryGraceMs":5}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0,"expiresMs":20}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":40,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"requestedMs":39}',
    '{"timeMs":41,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge"}',
    '{"timeMs":42,"kind":"settle.settled","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge","outcome":"ok"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: notTimed,
  create: expiredCheck,
};

/**
 * V5, delivered after it had expired. Callback time is not broker time: only a copy that was requested after
 * the period of grace, or pushed after a settlement of its session that began after it had been answered, is
 * a finding. Dead letters are what expiry is for, so their groups are left out, as are readers of a whole log.
 */
function expiredCheck(state: MessageState, seed: number): Check {
  const findings = new Findings('V5', state.lanes, seed);
  const timed = state.part(timedMessages);
  const handed = state.part(handOuts);
  const graceNs = state.facts.bounds.expiryGraceMs * 1e6;
  let exposure = 0;
  let nowNs = 0;
  const fold = (event: EventRecord): void => {
    nowNs = event.timeNs;
    if (event.kind === EventKind.sendTimed) {
      exposure += event.positionMajor >= 0 ? 1 : 0;
      return;
    }
    const { status, lane } = state.delivery;
    if (status !== 'first' && status !== 'repeat') return;
    if (state.facts.groups[event.group]?.role !== 'subscription') return;
    const timing = timed.look(lane, event.seq);
    if (timing === 'none' || timing === 'forgotten') return;
    const isKnown = timing === 'known';
    if (isKnown && nowNs <= timed.expiresNs + graceNs) return;
    if (!isKnown || handed.notBeforeNs <= timed.expiresNs + graceNs) {
      findings.possible += 1;
      return;
    }
    const lateMs = ((handed.notBeforeNs - timed.expiresNs) / 1e6).toFixed(1);
    const note = `handed out ${lateMs} ms or more after it had expired`;
    findings.add(status === 'first' ? 'first' : 'again', lane, event.seq, event.group, note);
  };
  const finish = (): CheckResult => {
    if (findings.count === 0 && timed.overflowed > 0) {
      const reason = `the times of ${plural(timed.overflowed, 'message')} found no room`;
      return { status: 'undecided', check: 'V5', reason };
    }
    return findings.result(exposure);
  };
  return { listensTo: [EventKind.deliver, EventKind.sendTimed], fold, finish };
}
