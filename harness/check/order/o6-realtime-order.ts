import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../core/events.ts';
import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { openSends } from './open-sends.ts';
import { Floors } from './send-floors.ts';

export const realtimeOrder: CheckModule = {
  id: 'O6',
  definition:
    'Of two sends to one scope, by whatever producers, one was acknowledged before the other was invoked, and the later one was stored at a lower position.',
  source:
    'Herlihy and Wing, Linearizability (TOPLAS 1990), real-time order; Redpanda chaos tests, max_offset check',
  memory: '16 bytes for each open send, and at most 4,096 maxima of each scope',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"s","position":5}',
    '{"timeMs":3,"kind":"send.invoke","actor":"q","lane":"b","seq":0}',
    '{"timeMs":4,"kind":"send.settled","actor":"q","lane":"b","seq":0,"outcome":"ok","scope":"s","position":4}',
    '{"timeMs":5,"kind":"deliver","actor":"c","group":"g","lane":"b","seq":0}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ placed }) => (placed ? undefined : 'no places are recorded'),
  create: realtimeOrderCheck,
};

const scopesMost = 1 << 16;

/** What O5 finds within a lane is against real time, too. */
function realtimeOrderCheck(state: MessageState, seed: number): Check {
  const sends = state.part(openSends);
  const findings = new Findings('O6', state.lanes, seed);
  const floors = new Map<number, Floors>();
  let exposure = 0;
  let untracked = 0;
  const settled = (event: EventRecord): void => {
    const { timeNs, scope, positionMajor, positionMinor } = event;
    const lane = state.lanes.indexOf(event.lane);
    if (sends.invokedNs < 0 || lane < 0) return;
    let known = floors.get(scope);
    if (known === undefined) {
      if (floors.size >= scopesMost) {
        untracked += 1;
        return;
      }
      known = new Floors();
      floors.set(scope, known);
    }
    exposure += 1;
    const below = known.isBelow(sends.invokedNs, positionMajor, positionMinor);
    if (below === 'unknown') findings.possible += 1;
    else if (below) {
      const note = `stored at ${positionMajor}, below what had been acknowledged before it was sent`;
      findings.add('below its scope', lane, event.seq, 0, note);
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
        return { status: 'undecided', check: 'O6', reason };
      }
      return findings.result(exposure);
    },
  };
}
