import { AckmarkError } from '../../harness/core/errors.ts';
import { everyErrorIn, tlsFailure } from '../access-failures.ts';
import type { Target } from '../engine.ts';
import { variableOf } from '../external-access.ts';

const engine = 'nats';
export const rightsHint =
  'Allow the user its inbox, the JetStream API and the subjects of the cell; docs/external.md names them.';

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
  return new AckmarkError('CONNECT_FAILED', `cannot connect to NATS at ${address}`, {
    hint: 'Check that a server listens there and takes the login.',
    cause,
  });
}

/** What a server that had let us in did not do. It names the subject that it refuses, and not who came. */
export function notDone({ address }: Target, what: string, cause: unknown): AckmarkError {
  if (cause instanceof AckmarkError) return cause;
  const message = `NATS at ${address} did not ${what}`;
  if (isRefusal(cause)) {
    return new AckmarkError('ACCESS_REFUSED', message, { hint: rightsHint, cause });
  }
  return new AckmarkError('CONNECT_FAILED', message, {
    hint: 'Read the server’s log; JetStream must be enabled for the account.',
    cause,
  });
}

/** A subscription that the server refuses is the end of whatever depends on it. */
export function refusedSubscription(cause: unknown): AckmarkError {
  const code = isRefusal(cause) ? 'ACCESS_REFUSED' : 'CONNECT_FAILED';
  return new AckmarkError(code, 'NATS refused a subject', { hint: rightsHint, cause });
}

const isRefusal = (cause: unknown): boolean =>
  everyErrorIn(cause).some(({ name }) => name === 'PermissionViolationError');
