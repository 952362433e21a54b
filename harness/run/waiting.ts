import { setTimeout as pause } from 'node:timers/promises';
import { AckmarkError } from '../core/errors.ts';

/** Polls until `isTrue` answers true or the time is over; throws INTERRUPTED when the run is. */
export async function waitUntil(
  isTrue: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += everyMs) {
    throwIfInterrupted(signal);
    if (await isTrue()) return true;
    if (waitedMs >= timeoutMs) return false;
    await pause(everyMs);
  }
}

export async function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  await waitUntil(() => false, durationMs, Math.max(1, Math.min(50, durationMs)), signal);
}

export function throwIfInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new AckmarkError('INTERRUPTED', 'interrupted', {
    hint: 'Run the same command again; what was recorded before is in the run directory.',
  });
}
