import { emptyEvent, type EventRecord } from '../core/events.ts';
import { cellLines, sessionsClosed } from './cell-lines.ts';
import type { Conversion } from './conversion.ts';
import { observer } from './history-names.ts';
import type { EventLine, EventLineKind, EventLines } from './line-schema.ts';
import { type Convert, messageLines, timingOf } from './message-lines.ts';

const converters: { readonly [K in EventLineKind]: Convert<EventLines[K]> } = {
  ...messageLines,
  ...cellLines,
};

/**
 * The records of one line: one, or two where a send has times of its own, or one for each group in which a
 * session ends.
 *
 * @throws LineProblem when the line contradicts what stands before it
 */
export function eventsOfLine(
  line: EventLine,
  timeNs: number,
  of: Conversion,
): readonly EventRecord[] {
  const event = {
    ...emptyEvent(),
    timeNs,
    actor: of.names.actors.numberOf(line.actor ?? observer),
  };
  // The kind of a line decides its type, which the compiler cannot follow through a table.
  const convert = converters[line.kind] as Convert<EventLine>;
  convert(line, event, of);
  if (line.kind === 'session.closed' && line.group === undefined) {
    return sessionsClosed(line, of).map((session) => ({ ...event, session }));
  }
  const timing = timingOf(line, event, of);
  return timing === undefined ? [event] : [event, timing];
}
