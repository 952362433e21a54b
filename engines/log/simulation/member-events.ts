import { EventKind, type EventRecord, Flag } from '../../../harness/core/events.ts';
import type { MessageId } from '../../embedded/simulation/message.ts';
import type { SimulatedHistory } from '../../simulation.ts';

/** A message at its place in the log. */
export interface Entry extends MessageId {
  readonly partition: number;
  readonly offset: number;
}

/** Whose event it is. */
export type Who = Pick<EventRecord, 'actor' | 'group' | 'session'>;

/** As `SimulatedHistory.begin`, of a member. */
export function beginOf(history: SimulatedHistory, kind: EventKind, who: Who): EventRecord {
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

/** One event of each, as of work that begins or ends. */
export function recordEach(
  history: SimulatedHistory,
  kind: EventKind,
  who: Who,
  entries: readonly Entry[],
): void {
  for (const { lane, seq } of entries) {
    const event = beginOf(history, kind, who);
    event.lane = lane;
    event.seq = seq;
    history.add(event);
  }
}

/**
 * @param message undefined for one that does not say what it is
 * @param requestedNs when it was asked for
 */
export function recordDelivered(
  history: SimulatedHistory,
  who: Who,
  place: Pick<Entry, 'partition' | 'offset'>,
  message: MessageId | undefined,
  requestedNs: number,
): void {
  const kind = message === undefined ? EventKind.corrupted : EventKind.deliver;
  const event = beginAt(history, kind, who, place.partition, place.offset);
  event.flags = Flag.placed | Flag.pulled;
  event.auxNs = requestedNs;
  if (message !== undefined) {
    event.lane = message.lane;
    event.seq = message.seq;
  }
  history.add(event);
}
