import type { Actor, Holding } from '../actors/actor.ts';
import type { Stage } from './stage.ts';
import { waitUntil } from './waiting.ts';

/** How long a victim looks for an instant at which it holds enough, where nothing else is said. */
const freezeMs = 3_000;
const pollMs = 1;

/**
 * Freezes an actor while it holds as much as the scenario asks for.
 * @returns whether it stands still; one that never held enough goes on
 */
export async function freezeHolding(
  victim: Actor,
  holding: Holding,
  { cell, troupe, environment }: Stage,
  lookMs = freezeMs,
  atLeast = cell.scenario.guards.minimumInFlightAtFault,
): Promise<boolean> {
  victim.freeze(holding, atLeast);
  await waitUntil(
    () => victim.counters().isFrozen || troupe.over.has(victim),
    lookMs,
    pollMs,
    environment.signal,
  );
  return victim.counters().isFrozen;
}
