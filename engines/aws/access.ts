import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';
import { failureOf } from './call-failures.ts';

/** What a target did not do, told by what the reader can do about it. */
export function cannotUse({ title, address }: Target, what: string, cause: unknown): AckmarkError {
  if (cause instanceof AckmarkError) return cause;
  const hint = failureOf(cause).isOfConnection
    ? `Check that somebody listens at ${address}.`
    : 'Read what the target answered, and its log.';
  return new AckmarkError('CONNECT_FAILED', `${title} at ${address} did not ${what}`, {
    hint,
    cause,
  });
}

/** HTTP has no connection that could fail to open: a call says whether somebody is there. */
export async function reach(target: Target, what: string, call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (cause) {
    throw cannotUse(target, what, cause);
  }
}
