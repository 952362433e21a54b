import type { Actor, Holding } from '../actors/actor.ts';
import { emptyEvent, EventKind } from '../core/events.ts';
import { freezeHolding } from './freeze-holding.ts';
import type { Stage } from './stage.ts';

/** What it held when it died, and whether that was enough. */
export interface Crashed {
  readonly startedNs: number;
  readonly inFlight: number;
  readonly isHeld: boolean;
}

/**
 * Freezes the victim while it holds enough, which answers cannot undo, and terminates it then. The crash
 * is entered into the history before: the broker may hand the victim's messages to somebody else the
 * moment its socket closes. A victim that never held enough crashes all the same, and the record says
 * with how little.
 *
 * @param onTime called when it is time; returns when that is, having told whom it concerns
 * @param lookMs for how long it looks for that instant
 * @param atLeast what is enough; what the guards say where nothing is said
 */
export async function crash(
  victim: Actor,
  stage: Stage,
  holding: Holding,
  onTime: () => number,
  lookMs?: number,
  atLeast?: number,
): Promise<Crashed> {
  const isHeld = await freezeHolding(victim, holding, stage, lookMs, atLeast);
  const startedNs = onTime();
  stage.history.collector.append({
    ...emptyEvent(),
    kind: EventKind.crashed,
    timeNs: startedNs,
    actor: victim.spec.actor,
  });
  await victim.crash();
  return { startedNs, inFlight: victim.counters()[holding], isHeld };
}
