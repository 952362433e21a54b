import type { Stage } from './stage.ts';
import { sleep } from './waiting.ts';

/** How long to look for an instant at which enough is in flight. */
const inFlightMs = 3_000;
const burstMs = 10;

/**
 * Looks for an instant with enough in flight and returns in that instant, so that the caller can strike
 * before it is over: answers take a millisecond, and a timer would always come late. Takes what there is
 * when none comes.
 *
 * @returns how many are in flight then
 */
export async function aimAtInFlight(
  stage: Stage,
  inFlight: () => number,
  timeoutMs = inFlightMs,
): Promise<number> {
  const wanted = stage.cell.scenario.guards.minimumInFlightAtFault;
  const { clock, signal } = stage.environment;
  const untilNs = clock.nowNs() + timeoutMs * 1e6;
  while (clock.nowNs() < untilNs) {
    const breathNs = clock.nowNs() + burstMs * 1e6;
    while (clock.nowNs() < breathNs) {
      // Looked at once: producers are threads of their own, a second look may find that all was answered.
      const seen = inFlight();
      if (seen >= wanted) return seen;
    }
    await sleep(1, signal);
  }
  return inFlight();
}
