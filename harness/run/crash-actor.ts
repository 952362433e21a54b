import type { Actor, Holding } from '../actors/actor.ts';
import { emptyEvent, EventKind } from '../core/events.ts';
import type { Stage } from './stage.ts';
import { waitUntil } from './waiting.ts';

/** How long a victim may look for an instant at which it holds enough. */
const freezeMs = 3_000;
const triggerPollMs = 1;

/**
 * Freezes the victim while it holds enough, which answers cannot undo, and terminates it then. The crash
 * is entered into the history before: the broker may hand the victim's messages to somebody else the
 * moment its socket closes. A victim that never held enough crashes all the same, and the record says
 * with how little.
 *
 * @param strike called when it is time; returns when that is, having told whom it concerns
 */
export async function crash(
  victim: Actor,
  stage: Stage,
  holding: Holding,
  strike: () => number,
): Promise<{ readonly startedNs: number; readonly inFlight: number }> {
  const { signal } = stage.environment;
  victim.freeze(holding, stage.cell.scenario.guards.minimumInFlightAtFault);
  await waitUntil(
    () => victim.counters().isFrozen || stage.troupe.over.has(victim),
    freezeMs,
    triggerPollMs,
    signal,
  );
  const startedNs = strike();
  stage.history.collector.append({
    ...emptyEvent(),
    kind: EventKind.crashed,
    timeNs: startedNs,
    actor: victim.spec.actor,
  });
  await victim.crash();
  return { startedNs, inFlight: victim.counters()[holding] };
}
