import { AckmarkError, describeError } from '../../harness/core/errors.ts';
import { everyErrorIn, tlsFailure } from '../access-failures.ts';
import type { Target } from '../engine.ts';
import { variableOf } from '../external-access.ts';

const engine = 'nats';

/** Why nobody was let in, told by what the reader can do about it. */
export function cannotConnect({ address }: Target, cause: unknown): AckmarkError {
  const tls = tlsFailure({ engine, name: 'NATS', address }, cause);
  if (tls !== undefined) return tls;
  const errors = everyErrorIn(cause);
  if (errors.some(({ message }) => message === "server does not support 'tls'")) {
    return new AckmarkError('TLS_FAILED', `NATS at ${address}: the server has no TLS`, {
      hint: 'Write nats:// to connect in the clear.',
      cause,
    });
  }
  if (errors.some(({ name }) => name === 'AuthorizationError')) {
    return new AckmarkError('ACCESS_REFUSED', `NATS at ${address} refused the login`, {
      hint: `Check ${variableOf(engine, 'USERNAME')} and ${variableOf(engine, 'PASSWORD')}, or ${variableOf(engine, 'TOKEN')}.`,
      cause,
    });
  }
  return new AckmarkError(
    'CONNECT_FAILED',
    `cannot connect to NATS at ${address}: ${describeError(cause)}`,
    { hint: 'Check that a server listens there and takes the login.', cause },
  );
}
