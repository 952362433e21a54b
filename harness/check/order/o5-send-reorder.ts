import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../core/events.ts';
import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { openSends } from './open-sends.ts';
import { Floors } from './send-floors.ts';

export const sendReorder: CheckModule = {
  id: 'O5',
  definition:
    'A producer’s send of a lane was acknowledged before it invoked another of that lane, and the later one was stored at a lower position of the same scope.',
  source: 'KIP-98 (sequence numbers of a producer); Redpanda chaos tests, max_offset check',
  memory: '16 bytes for each open send, and at most 4,096 maxima of each lane and scope',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"s","position":5}',
    '{"timeMs":3,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":4,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok","scope":"s","position":4}',
    '{"timeMs":5,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":1}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"redelivered":true}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ placed }) => (placed ? undefined : 'no places are recorded'),
  create: sendReorderCheck,
};

/** Lanes and scopes whose maxima are kept. */
const tracksMost = 1 << 16;

/**
 * Only messages that were sent once count: of one that was sent again either copy may be the one that the
 * answer speaks of. Equal times say nothing about which was first.
 */
function sendReorderCheck(state: MessageState, seed: number): Check {
  const sends = state.part(openSends);
  const findings = new Findings('O5', state.lanes, seed);
  const floors = new Map<number, Floors>();
  let exposure = 0;
  let untracked = 0;
  const floorsOf = (lane: number, scope: number): Floors | undefined => {
    const key = lane * 0x1_0000_0000 + scope;
    let known = floors.get(key);
    if (known === undefined && floors.size < tracksMost) {
      known = new Floors();
      floors.set(key, known);
    }
    return known;
  };
  const settled = (event: EventRecord): void => {
    const { timeNs, scope, positionMajor, positionMinor } = event;
    const lane = state.lanes.indexOf(event.lane);
    if (sends.invokedNs < 0 || lane < 0 || !state.lanes.isOrdered(lane)) return;
    const known = floorsOf(lane, scope);
    if (known === undefined) {
      untracked += 1;
      return;
    }
    exposure += 1;
    const below = known.isBelow(sends.invokedNs, positionMajor, positionMinor);
    if (below === 'unknown') findings.possible += 1;
    else if (below) {
      const note = `stored at ${positionMajor}, below what its lane had stored before it was sent`;
      findings.add('below its lane', lane, event.seq, 0, note);
    }
    known.note(timeNs, sends.invokedNs, positionMajor, positionMinor);
  };
  return {
    listensTo: [EventKind.sendSettled],
    fold: (event) => {
      const isStored = event.outcome === OutcomeCode.ok && (event.flags & Flag.placed) !== 0;
      if (isStored) settled(event);
    },
    finish: () => {
      const missed = untracked + sends.overflowed;
      if (missed > 0 && findings.count === 0) {
        const reason = `${missed} of ${missed + exposure} sends were beyond what is tracked`;
        return { status: 'undecided', check: 'O5', reason };
      }
      return findings.result(exposure);
    },
  };
}
