import { setTimeout as pause } from 'node:timers/promises';
import { AckmarkError } from '../core/errors.ts';

/**
 * Polls until `isTrue` answers true or the time is over; throws INTERRUPTED when the run is. The time is
 * real time: a look that takes long uses it up, and one that never answers is given up with it.
 */
export async function waitUntil(
  isTrue: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const expiry = AbortSignal.timeout(Math.ceil(timeoutMs));
  const over = AbortSignal.any([expiry, signal]);
  const given = Promise.withResolvers<false>();
  const giveUp = (): void => given.resolve(false);
  over.addEventListener('abort', giveUp, { once: true });
  try {
    for (;;) {
      throwIfInterrupted(signal);
      if (await Promise.race([isTrue(), given.promise])) return true;
      throwIfInterrupted(signal);
      if (expiry.aborted) return false;
      await Promise.race([pause(everyMs), given.promise]);
    }
  } finally {
    over.removeEventListener('abort', giveUp);
  }
}

export async function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  await waitUntil(() => false, durationMs, Math.max(1, Math.min(50, durationMs)), signal);
}

function throwIfInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new AckmarkError('INTERRUPTED', 'interrupted', {
    hint: 'Run the same command again; what was recorded before is in the run directory.',
  });
}
