import { AckmarkError, describeError } from '../../harness/core/errors.ts';
import { everyErrorIn, tlsFailure } from '../access-failures.ts';
import { variableOf } from '../external-access.ts';
import type { Endpoint } from '../provisioner.ts';
import { engine } from './address.ts';
import { firstWord } from './outcomes.ts';

const refusals: ReadonlySet<string> = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM']);

/** Why nobody was let in, told by what the reader can do about it. */
export function cannotConnect({ host, port }: Endpoint, cause: unknown): AckmarkError {
  const address = `${host}:${port}`;
  const tls = tlsFailure({ engine, name: 'Redis', address }, cause);
  if (tls !== undefined) return tls;
  if (isRefusal(cause)) {
    return new AckmarkError('ACCESS_REFUSED', `Redis at ${address} refused the login`, {
      hint: `Check ${variableOf(engine, 'USERNAME')} (without users of its own: default) and ${variableOf(engine, 'PASSWORD')}, and that this user may run CLIENT.`,
      cause: new Error(withoutUser(describeError(cause))),
    });
  }
  return new AckmarkError('CONNECT_FAILED', `cannot connect to Redis at ${address}`, {
    hint: 'Check that a server listens there and takes the login.',
    cause,
  });
}

/** What a server that had let us in did not do. */
export function notDone(address: string, what: string, cause: unknown): AckmarkError {
  if (cause instanceof AckmarkError) return cause;
  const message = `Redis at ${address} did not ${what}`;
  if (isRefusal(cause)) {
    return new AckmarkError('ACCESS_REFUSED', message, {
      hint: 'Give this user the commands that docs/external.md names, on keys that begin with ackmark-.',
      cause,
    });
  }
  return new AckmarkError('CONNECT_FAILED', message, { hint: 'Read the server’s log.', cause });
}

export function isRefusal(cause: unknown): boolean {
  return refusalOf(cause) !== undefined;
}

/** The first word of the refusal: `NOPERM` of who lacks a right. */
export function refusalOf(cause: unknown): string | undefined {
  const words = everyErrorIn(cause).map(({ message }) => firstWord(message));
  return words.find((word) => refusals.has(word));
}

/**
 * The server repeats in its refusals who came (`User … has no permissions to …`), and errors are recorded. A name has
 * no space of ASCII, but it may have any other.
 */
export function withoutUser(message: string): string {
  return message.replaceAll(/\bUser .+? has no permissions/gs, 'the user has no permissions');
}
