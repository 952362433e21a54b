import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { AckmarkError, describeError } from '../../../harness/core/errors.ts';

/** What a case throws: the contract was broken, in words. */
export function contractFailure(message: string, cause?: unknown): AckmarkError {
  return new AckmarkError('ENGINE_BROKE_CONTRACT', message, {
    hint: 'See docs/writing-an-engine.md, section "The cases of the suite".',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function must(condition: boolean, message: string): asserts condition {
  if (!condition) throw contractFailure(message);
}

export function mustEqual(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw contractFailure(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** Polls until `holds`; the last state is in the message, so that a failure explains itself. */
export async function eventually(
  what: string,
  patienceMs: number,
  holds: () => boolean | Promise<boolean>,
  state: () => string = () => '',
): Promise<void> {
  const until = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > until) {
      throw contractFailure(`${what}: not within ${patienceMs} ms${prefixed(state())}`);
    }
    await sleep(5);
  }
}

/** For promises an adapter may never settle. */
export async function within<T>(what: string, patienceMs: number, promise: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: stop.signal }).then(() => {
    throw contractFailure(`${what}: not within ${patienceMs} ms`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
}

/** Resolves with the error that `act` throws or rejects with. */
export async function mustRefuse(what: string, act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (refusal) {
    if (describeError(refusal).trim() === '')
      throw contractFailure(`${what}: refused without a word`);
    return refusal;
  }
  throw contractFailure(`${what}: must be refused`);
}

export const quiet = (quietMs: number): Promise<void> => sleep(quietMs);

function show(value: unknown): string {
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof Set ? [...inner] : inner,
  );
  return text === undefined ? String(value) : text.slice(0, 400);
}

const prefixed = (state: string): string => (state === '' ? '' : ` (${state})`);
