import { CorruptionCode, EventKind, type EventRecord, noLane } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';

export const phantom: CheckModule = {
  id: 'D7',
  definition:
    'A delivered id that nobody sent: of another run, of no registered lane, or beyond the end of its lane.',
  source: 'Jepsen total-queue, unexpected elements (jepsen/checker.clj)',
  memory: '8 bytes a lane',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":7}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: () => undefined,
  create: phantomCheck,
};

/** Early arrivals that are looked at again at the end; those beyond are taken for what they seem. */
const recheckable = 65_536;

interface Early {
  readonly lane: number;
  readonly index: number;
  readonly seq: number;
  readonly group: number;
}

/**
 * D7, phantom: a delivered id that nobody sent: of another run, of no registered lane, or beyond the end
 * of its lane. What was beyond the end when it arrived but was sent later is no phantom; it shows that
 * the history's times cannot be trusted.
 */
function phantomCheck(state: MessageState, seed: number): Check {
  const findings = new Findings('D7', state.lanes, seed);
  const early: Early[] = [];
  let delivered = 0;
  const finish = (): CheckResult => {
    for (const { lane, index, seq, group } of early) {
      if (seq >= state.lanes.nextOf(index)) {
        findings.addForeign('beyond-lane', lane, seq, group, 'its lane never came that far');
      } else state.irregularities.note('early', `${lane}:${seq} arrived before it was sent`);
    }
    early.length = 0;
    return findings.result(Math.max(delivered, findings.count));
  };
  const foldForeign = (event: EventRecord): void => {
    const note = 'its header belongs to another run';
    findings.addForeign('foreign-run', event.lane, event.seq, event.group, note);
  };
  const foldDelivery = ({ lane, seq, group }: EventRecord): void => {
    const { status, lane: index } = state.delivery;
    if (status === 'foreign' && index < 0) {
      findings.addForeign(
        'unknown-lane',
        lane,
        seq,
        group,
        'no producer of this run owns its lane',
      );
    } else if (status === 'foreign' || early.length >= recheckable) {
      findings.addForeign('beyond-lane', lane, seq, group, 'its lane never came that far');
    } else early.push({ lane, index, seq, group });
  };
  return {
    listensTo: [EventKind.deliver, EventKind.corrupted],
    takesRuns: true,
    fold: (event, count = 1) => {
      if (event.kind === EventKind.deliver || event.lane === noLane) delivered += count;
      if (event.kind === EventKind.corrupted) {
        if (event.detail === CorruptionCode.foreignRun) foldForeign(event);
      } else if (state.delivery.status === 'foreign' || state.delivery.status === 'early') {
        foldDelivery(event);
      }
    },
    finish,
  };
}
