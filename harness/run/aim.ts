import type { BrokerNode } from '../../engines/provisioner.ts';
import type { Stage } from './stage.ts';
import { sleep, waitUntil } from './waiting.ts';

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

/** Longer than the interval of any profile that syncs by time. */
const unsyncedMs = 300;
const unsyncedPollMs = 2;
const unsyncedBytes = 65_536;

/**
 * A power loss that happens to follow a sync takes nothing and puts no promise to the test. So it waits for a
 * sync to end and for data to gather after it; where none ends in time (never), or none gathers (every batch),
 * one instant is as good as another.
 */
export async function aimAtUnsynced(
  node: BrokerNode | undefined,
  signal: AbortSignal,
  timeoutMs = unsyncedMs,
): Promise<void> {
  const read = node?.unsyncedBytes?.bind(node);
  if (read === undefined) return;
  let before = 0;
  let hasFallen = false;
  const isAimed = (): boolean => {
    const bytes = read();
    hasFallen ||= bytes < before;
    before = bytes;
    return hasFallen && bytes >= unsyncedBytes;
  };
  await waitUntil(isAimed, timeoutMs, unsyncedPollMs, signal);
}
