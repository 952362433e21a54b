import { EventKind, type EventRecord, Flag } from '../../../harness/core/events.ts';
import type { MessageId } from '../../embedded/simulation/message.ts';
import type { SimulatedHistory } from '../../simulation.ts';
import type { MessageRun } from './message-runs.ts';

/** A message at its place in the log. */
export interface Entry extends MessageId {
  readonly partition: number;
  readonly offset: number;
}

/** Messages of one lane, each at the offset after the one before. */
export type EntryRun = Entry & MessageRun;

export function entriesFrom(run: EntryRun, at: number): EntryRun {
  const { seq, offset, count } = run;
  return { ...run, seq: seq + at, offset: offset + at, count: count - at };
}

/** Whose event it is. */
export type Who = Pick<EventRecord, 'actor' | 'group' | 'session'>;

/** As `SimulatedHistory.begin`, of a member. */
function beginOf(history: SimulatedHistory, kind: EventKind, who: Who): EventRecord {
  const event = history.begin(kind);
  event.actor = who.actor;
  event.group = who.group;
  event.session = who.session;
  return event;
}

/** The same of something that stands in the log. */
export function beginAt(
  history: SimulatedHistory,
  kind: EventKind,
  who: Who,
  partition: number,
  offset: number,
): EventRecord {
  const event = beginOf(history, kind, who);
  event.flags = Flag.placed;
  event.scope = partition;
  event.positionMajor = offset;
  return event;
}

/** One event of each message, as of work that begins or ends. */
export function recordEach(
  history: SimulatedHistory,
  kind: EventKind,
  who: Who,
  entries: readonly EntryRun[],
): void {
  for (const { lane, seq, count } of entries) {
    const event = beginOf(history, kind, who);
    event.lane = lane;
    event.seq = seq;
    history.addRun(event, count);
  }
}

/**
 * @param messages of a row of places; undefined for one that does not say what it is
 * @param requestedNs when it was asked for
 */
export function recordDelivered(
  history: SimulatedHistory,
  who: Who,
  place: Pick<Entry, 'partition' | 'offset'>,
  messages: MessageRun | undefined,
  requestedNs: number,
): void {
  const kind = messages === undefined ? EventKind.corrupted : EventKind.deliver;
  const event = beginAt(history, kind, who, place.partition, place.offset);
  event.flags = Flag.placed | Flag.pulled;
  event.auxNs = requestedNs;
  if (messages !== undefined) {
    event.lane = messages.lane;
    event.seq = messages.seq;
  }
  history.addRun(event, messages?.count ?? 1);
}
