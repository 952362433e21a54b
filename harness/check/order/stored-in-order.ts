import type { CheckId } from '../../core/anomalies.ts';
import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../core/events.ts';
import { plural } from '../../core/plural.ts';
import type { Check } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { openSends, type SettledSends } from './open-sends.ts';
import { TrackFloors } from './track-floors.ts';

export interface StoredOrder {
  readonly id: CheckId;
  /** Which sends must be stored in the order of their acknowledgements: those of one key; -1 exempts. */
  readonly trackOf: (lane: number, scope: number) => number;
  readonly kind: string;
  /** What it was stored below, for the note. */
  readonly below: string;
}

/**
 * Sends of one track must be stored above everything of it that was acknowledged before they were invoked.
 * Only messages that were sent once count: of one that was sent again either copy may be the one that the
 * answer speaks of. Equal times say nothing about which was first.
 */
export function storedInOrder(state: MessageState, seed: number, order: StoredOrder): Check {
  const sends = state.part(openSends);
  const findings = new Findings(order.id, state.lanes, seed);
  const floors = new TrackFloors();
  let exposure = 0;
  let untracked = 0;
  const stored = (event: EventRecord, lane: number, ahead: number, of: SettledSends): void => {
    const { timeNs, scope, positionMinor: minor } = event;
    if (of.invokedNs < 0 || lane < 0) return;
    let row = floors.recentRow(lane, scope);
    if (row < 0) {
      const track = order.trackOf(lane, scope);
      if (track < 0) return;
      row = floors.rowOf(lane, scope, track);
    }
    if (row < 0) {
      untracked += of.count;
      return;
    }
    exposure += of.count;
    const first = event.positionMajor + ahead;
    // What one of a run is above, those behind it are above as well.
    for (let at = 0; at < of.count; at += 1) {
      const below = floors.isBelow(row, of.invokedNs, first + at, minor);
      if (below === false) break;
      if (below === 'unknown') {
        findings.possible += 1;
        continue;
      }
      const note = `stored at ${first + at}, below ${order.below}`;
      findings.add(order.kind, lane, event.seq + ahead + at, 0, note);
    }
    floors.note(row, timeNs, of.invokedNs, first + of.count - 1, minor);
  };
  return {
    listensTo: [EventKind.sendSettled],
    takesRuns: true,
    fold: (event) => {
      const isStored = event.outcome === OutcomeCode.ok && (event.flags & Flag.placed) !== 0;
      if (!isStored) return;
      const lane = state.lanes.indexOf(event.lane);
      let ahead = 0;
      for (const together of sends.settled) {
        stored(event, lane, ahead, together);
        ahead += together.count;
      }
    },
    finish: () => {
      const missed = untracked + sends.overflowed;
      if (missed > 0 && findings.count === 0) {
        const reason = `${missed} of ${plural(missed + exposure, 'send was', 'sends were')} beyond what is tracked`;
        return { status: 'undecided', check: order.id, reason };
      }
      return findings.result(exposure);
    },
  };
}
