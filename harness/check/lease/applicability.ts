import type { CellFacts } from '../../core/facts.ts';
import type { MessageState } from '../state/message-state.ts';

export function noLeases({ leased }: CellFacts): string | undefined {
  return leased ? undefined : 'no leases are recorded';
}

export function notTimed({ timed }: CellFacts): string | undefined {
  return timed ? undefined : 'no message has a delay or an expiry of its own';
}

/** The message expired, was moved or purged, so the group need not have it. */
export function isExcused(state: MessageState, group: number, lane: number, seq: number): boolean {
  return ((state.excuses.word(group, lane, seq >>> 5) >>> (seq & 31)) & 1) === 1;
}
