import { AckmarkError } from '../core/errors.ts';

/**
 * An engine's call, given up when it never answers: a run must end whatever an engine does. What it was
 * asked for may still happen later; nobody waits for it.
 *
 * @param what as in `${what} did not end within 60 s`
 */
export async function within<T>(
  call: Promise<T>,
  what: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const interrupt = (): void => {
    ended.reject(
      new AckmarkError('INTERRUPTED', `interrupted while ${what} was under way`, {
        hint: 'Run the same command again; what was recorded before is in the run directory.',
      }),
    );
  };
  const timer = setTimeout(() => {
    ended.reject(
      new AckmarkError('TIMED_OUT', `${what} did not end within ${timeoutMs / 1000} s`, {
        hint: 'The engine or its broker does not answer; run the contract suite against the engine.',
      }),
    );
  }, timeoutMs);
  if (signal?.aborted === true) interrupt();
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    return await Promise.race([call, ended.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', interrupt);
  }
}
