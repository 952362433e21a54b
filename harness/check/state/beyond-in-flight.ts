import { plural } from '../../core/plural.ts';
import type { MessageState } from './message-state.ts';

/**
 * Why a check that rests on who holds what cannot decide; empty when every delivery was tracked. `besides`:
 * deliveries that a table of the check's own did not hold.
 */
export function beyondInFlight({ groups }: Pick<MessageState, 'groups'>, besides = 0): string {
  const untracked = groups.reduce((sum, { inFlight }) => sum + inFlight.overflowed, besides);
  return untracked === 0
    ? ''
    : `${plural(untracked, 'delivery was', 'deliveries were')} beyond the in-flight table`;
}
