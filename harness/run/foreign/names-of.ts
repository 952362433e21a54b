import type { EventNames, NamedThing } from '../../check/event-names.ts';
import type { HistoryNamesRecord } from '../../import/sidecar.ts';

/** A history's own names for the numbers of its events; a number without a name is its own. */
export function eventNames(
  names: HistoryNamesRecord,
): EventNames & Required<Pick<EventNames, 'nameOf'>> {
  const tables: Readonly<Record<NamedThing, readonly string[]>> = {
    lane: names.lanes,
    group: names.groups,
    scope: names.scopes,
    route: names.routes,
    sink: names.sinks,
    fault: names.faults,
    transaction: ['0', ...names.transactions],
    'transactional id': names.transactionalIds,
  };
  return {
    actorName: (actor) => names.actors[actor] ?? `actor ${actor}`,
    outcomeName: (code) => names.errors[code - 1] ?? `code ${code}`,
    nameOf: (thing, number) => tables[thing][number] ?? String(number),
  };
}
