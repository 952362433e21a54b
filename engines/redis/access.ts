import { AckmarkError } from '../../harness/core/errors.ts';
import { everyErrorIn, tlsFailure } from '../access-failures.ts';
import { variableOf } from '../external-access.ts';
import { engine, type HostAndPort } from './address.ts';
import { firstWord } from './outcomes.ts';

const refusals: ReadonlySet<string> = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM']);

/** Why nobody was let in, told by what the reader can do about it. */
export function cannotConnect({ host, port }: HostAndPort, cause: unknown): AckmarkError {
  const address = `${host}:${port}`;
  const tls = tlsFailure({ engine, name: 'Redis', address }, cause);
  if (tls !== undefined) return tls;
  if (everyErrorIn(cause).some(({ message }) => refusals.has(firstWord(message)))) {
    return new AckmarkError('ACCESS_REFUSED', `Redis at ${address} refused the login`, {
      hint: `Check ${variableOf(engine, 'USERNAME')} (without users of its own: default) and ${variableOf(engine, 'PASSWORD')}.`,
      cause,
    });
  }
  return new AckmarkError('CONNECT_FAILED', `cannot connect to Redis at ${address}`, {
    hint: 'Check that a server listens there and takes the login.',
    cause,
  });
}
