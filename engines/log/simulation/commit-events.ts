import { EventKind, OutcomeCode, SettlementCode } from '../../../harness/core/events.ts';
import type { SimulatedHistory } from '../../simulation.ts';
import { beginAt, type EntryRun, type Who } from './member-events.ts';

/** Offsets on their way to the broker, with the messages that they settle. */
export interface Commit {
  readonly who: Who;
  readonly generation: number;
  readonly ticket: number;
  readonly entries: readonly EntryRun[];
  /** By partition, the offset after the last one. */
  readonly upTo: ReadonlyMap<number, number>;
}

export function recordInvoked(history: SimulatedHistory, commit: Commit): void {
  const { none } = OutcomeCode;
  write(history, commit, EventKind.offsetCommitInvoke, EventKind.settleInvoke, none);
}

export function recordSettled(
  history: SimulatedHistory,
  commit: Commit,
  outcome: OutcomeCode,
): void {
  write(history, commit, EventKind.offsetCommitSettled, EventKind.settleSettled, outcome);
}

function write(
  history: SimulatedHistory,
  { who, generation, ticket, entries, upTo }: Commit,
  ofOffset: EventKind,
  ofMessage: EventKind,
  outcome: OutcomeCode,
): void {
  for (const [partition, offset] of upTo) {
    const event = beginAt(history, ofOffset, who, partition, offset);
    event.ticket = ticket;
    event.outcome = outcome;
    event.ref = generation;
    history.add(event);
  }
  for (const { lane, seq, partition, offset, count } of entries) {
    const event = beginAt(history, ofMessage, who, partition, offset);
    event.ticket = ticket;
    event.outcome = outcome;
    event.lane = lane;
    event.seq = seq;
    event.detail = SettlementCode.acknowledge;
    history.addRun(event, count);
  }
}
