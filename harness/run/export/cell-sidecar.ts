import { type Sidecar, sidecarVersion } from '../../import/sidecar.ts';
import type { JudgedCell } from '../../record/schema.ts';

/** What the events of a run's cell do not say themselves, taken from its record. */
export function sidecarOfCell(
  cell: JudgedCell,
  outcomes: Readonly<Record<number, string>>,
): Sidecar {
  const codes = Object.keys(outcomes).map(Number);
  const highest = Math.max(0, ...codes);
  return {
    ackmarkHistory: sidecarVersion,
    run: cell.id,
    events: cell.history.eventsKept,
    originMs: 0,
    facts: cell.facts,
    lanes: cell.lanes.map((lane) => ({ ...lane })),
    sendReply: cell.judging.sendReply,
    faultsPlanned: cell.faults.length,
    names: {
      actors: [...cell.judging.actors],
      groups: [],
      lanes: [],
      scopes: [],
      routes: [],
      sinks: cell.facts.sinks.map(({ name }) => name),
      faults: cell.faults.map(({ kind, target }, index) =>
        [`${index + 1}`, kind, target].filter((part) => part !== '').join(' '),
      ),
      errors: Array.from({ length: highest }, (_, at) => outcomes[at + 1] ?? `code ${at + 1}`),
      transactions: [],
      transactionalIds: [],
    },
  };
}
