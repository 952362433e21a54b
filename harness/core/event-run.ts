import { EventKind, type EventRecord, Flag } from './events.ts';

/**
 * Shows each event of a run: of several at one instant that are alike but for their messages. Those are of one
 * lane, each the next of the one before; where the events have places, each stands at the next position, and of
 * sends each has the next ticket. A batch is written down and judged as a run, which costs little more than one event.
 *
 * @param event the first of them; the record is the same for all, and in the end what it was
 */
export function eachOfRun(
  event: EventRecord,
  count: number,
  visit: (event: EventRecord) => void,
): void {
  const { kind, flags, seq, ticket, positionMajor } = event;
  const isPlaced = (flags & Flag.placed) !== 0;
  const isSend = kind === EventKind.sendInvoke || kind === EventKind.sendSettled;
  for (let at = 0; at < count; at += 1) {
    event.seq = seq + at;
    if (isSend) event.ticket = ticket + at;
    if (isPlaced) event.positionMajor = positionMajor + at;
    visit(event);
  }
  event.seq = seq;
  event.ticket = ticket;
  event.positionMajor = positionMajor;
}
