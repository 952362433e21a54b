import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import { plural } from '../../core/plural.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { justify } from '../state/justification.ts';
import type { MessageState } from '../state/message-state.ts';
import { Plane, popcount32 } from '../state/planes.ts';
import { transactionsOf } from '../state/transaction-state.ts';

export const duplicateProduce: CheckModule = {
  id: 'D4',
  definition:
    'One message was stored at two places although its producer sent it once, or sent it again for lack of an answer.',
  source:
    'KIP-98 (idempotent producer); AMQP 0-9-1 has no counterpart, so its retries may duplicate',
  memory: '1 bit a message, and the places of the latest 65,536',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"s","position":0}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"scope":"s","position":0}',
    '{"timeMs":4,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"scope":"s","position":1}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: () => undefined,
  create: duplicateProduceCheck,
};

/**
 * D4, one send stored twice. Proven by two distinct places of one message, or, where there are no places,
 * by a repeated delivery that the broker declares new of a message that was sent more than once. Where
 * neither places nor flags tell a second copy from a second delivery it is only possible, and where they
 * never do in a whole cell nothing is decided. Counts messages, not copies.
 */
function duplicateProduceCheck(state: MessageState, seed: number): Check {
  const findings = new Findings('D4', state.lanes, seed);
  const maybe = new Plane(state.lanes);
  const transactions = state.facts.transactions === 'none' ? undefined : transactionsOf(state);
  // Sent in two transactions it has two places rightly, if the first was aborted: nobody sees that one.
  const isInSeveral = (lane: number, seq: number): boolean =>
    transactions?.several.get(lane, seq) === true;
  let inSeveral = 0;
  let anyPlace = false;
  let anyAnswered = false;
  let anyFlag = false;
  const foldDelivery = (event: EventRecord): void => {
    const view = state.delivery;
    anyFlag ||= view.flagKnown;
    anyPlace ||= (event.flags & Flag.placed) !== 0;
    if (view.secondStored && isInSeveral(view.lane, event.seq)) inSeveral += 1;
    else if (view.secondStored) {
      const note = 'delivered as a second stored copy';
      findings.add('delivered', view.lane, event.seq, event.group, note);
    } else if (view.status === 'repeat' && isMaybeSecond(state, event)) {
      maybe.set(view.lane, event.seq);
    }
  };
  const fold = (event: EventRecord): void => {
    anyAnswered ||= event.kind === EventKind.sendSettled && (event.flags & Flag.placed) !== 0;
    if (event.kind === EventKind.deliver) foldDelivery(event);
    else if (state.secondStored) {
      const index = state.lanes.indexOf(event.lane);
      if (isInSeveral(index, event.seq)) {
        inSeveral += 1;
        return;
      }
      const note = 'its sends were answered with different places';
      findings.add('answered', index, event.seq, event.group, note);
    }
  };
  const finish = (): CheckResult => {
    const { seen, open } = scan(state, maybe);
    findings.possible = open + inSeveral;
    const tells = anyPlace || ((anyFlag || anyAnswered) && state.sends.resent.count() > 0);
    if (open > 0 && findings.count === 0 && !tells) {
      const reason = `${plural(open, 'message')} may be stored twice, and neither places nor flags tell`;
      return { status: 'undecided', check: 'D4', reason };
    }
    return findings.result(Math.max(seen, findings.count));
  };
  const listensTo = [EventKind.deliver, EventKind.sendSettled];
  return { listensTo, takesRuns: true, fold, finish };
}

function isMaybeSecond(state: MessageState, event: EventRecord): boolean {
  const view = state.delivery;
  if (view.flagged) return false;
  if (view.copy !== 'same') return view.copy === 'either';
  if (!view.maybeSecond) return false;
  if (view.flagKnown) return true;
  const group = state.groups[event.group];
  if (group === undefined) return false;
  return justify(view, group, event, true) !== 'yes';
}

/** Messages that arrived somewhere, and those that may be stored twice without any proof of it. */
function scan(state: MessageState, maybe: Plane): { readonly seen: number; readonly open: number } {
  let seen = 0;
  let open = 0;
  state.lanes.eachWord((lane, word) => {
    const mask = state.lanes.sentMask(lane, word);
    seen += popcount32(state.seenAnywhereWord(lane, word) & mask);
    open += popcount32(maybe.word(lane, word) & ~state.stored2.word(lane, word) & mask);
  });
  return { seen, open };
}
