import {
  EventKind,
  type EventRecord,
  Flag,
  type OutcomeCode,
  SettlementCode,
} from '../../../harness/core/events.ts';
import type { MessageId } from '../../embedded/simulation/message.ts';
import type { SimulatedHistory } from '../../simulation.ts';

/** A message at its place in the log. */
export interface Entry extends MessageId {
  readonly partition: number;
  readonly offset: number;
}

/** Offsets on their way to the broker, with the messages that they settle. */
export interface Commit {
  readonly who: Pick<EventRecord, 'actor' | 'group' | 'session'>;
  readonly generation: number;
  readonly ticket: number;
  readonly entries: readonly Entry[];
  /** By partition, the offset after the last one. */
  readonly upTo: ReadonlyMap<number, number>;
}

export function recordInvoked(history: SimulatedHistory, commit: Commit): void {
  write(history, commit, EventKind.offsetCommitInvoke, EventKind.settleInvoke, {});
}

export function recordSettled(
  history: SimulatedHistory,
  commit: Commit,
  outcome: OutcomeCode,
): void {
  write(history, commit, EventKind.offsetCommitSettled, EventKind.settleSettled, { outcome });
}

function write(
  history: SimulatedHistory,
  { who, generation, ticket, entries, upTo }: Commit,
  ofOffset: EventKind,
  ofMessage: EventKind,
  fields: Partial<EventRecord>,
): void {
  const common = { ...who, ticket, flags: Flag.placed, ...fields };
  for (const [scope, positionMajor] of upTo) {
    history.write(ofOffset, { ...common, ref: generation, scope, positionMajor });
  }
  for (const { lane, seq, partition, offset } of entries) {
    const place = { scope: partition, positionMajor: offset };
    const detail = SettlementCode.acknowledge;
    history.write(ofMessage, { ...common, ...place, lane, seq, detail });
  }
}
