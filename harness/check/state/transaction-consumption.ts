import { HoldFlag } from './in-flight.ts';
import type { MessageState } from './message-state.ts';
import type { RangePool } from './range-pool.ts';
import type { Transaction } from './transaction.ts';

/** What a committed transaction consumed is settled by its commit: nobody acknowledges it besides. */
export function settleConsumption(
  state: MessageState,
  reads: RangePool,
  transaction: Transaction,
  timeNs: number,
): void {
  reads.each(transaction.reads, (lane, first, end, number) => {
    const group = state.groups[number];
    if (group === undefined) return;
    const last = Math.min(end, state.lanes.nextOf(lane));
    for (let seq = first; seq < last; seq += 1) {
      const entry = group.inFlight.find(lane, seq);
      const session = entry < 0 ? 0 : (group.inFlight.session[entry] ?? 0);
      group.settle(lane, seq, timeNs, session);
    }
  });
}

/** Its commit is under way: if its consumer is lost now, what it held may have been settled. */
export function beginSettling(state: MessageState, reads: RangePool, head: number): void {
  flagHeld(state, reads, head, HoldFlag.settling);
}

/** What an aborted transaction consumed comes back to its group. */
export function abortConsumption(
  state: MessageState,
  reads: RangePool,
  head: number,
  timeNs: number,
): void {
  reads.each(head, (_lane, _first, _end, number) => {
    const group = state.groups[number];
    if (group !== undefined) group.lastCauseNs = timeNs;
  });
  flagHeld(state, reads, head, HoldFlag.cause);
}

function flagHeld(state: MessageState, reads: RangePool, head: number, flag: number): void {
  reads.each(head, (lane, first, end, number) => {
    const inFlight = state.groups[number]?.inFlight;
    if (inFlight === undefined) return;
    for (let seq = first; seq < end; seq += 1) {
      const entry = inFlight.find(lane, seq);
      if (entry >= 0) inFlight.flags[entry] = (inFlight.flags[entry] ?? 0) | flag;
    }
  });
}
