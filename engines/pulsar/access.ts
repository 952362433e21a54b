import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';

/** Why there is no connection, told by what the reader can do about it. */
export function cannotConnect({ address }: Pick<Target, 'address'>, cause: unknown): AckmarkError {
  return new AckmarkError('CONNECT_FAILED', `cannot connect to Pulsar at ${address}`, {
    hint: 'Check that a broker listens there which wants neither TLS nor a login.',
    cause,
  });
}

/** What a broker that had let us in did not do. */
export function notDone(
  { address }: Pick<Target, 'address'>,
  what: string,
  cause: unknown,
): AckmarkError {
  if (cause instanceof AckmarkError) return cause;
  return new AckmarkError('CONNECT_FAILED', `Pulsar at ${address} did not ${what}`, {
    hint: 'Read the broker’s log.',
    cause,
  });
}
