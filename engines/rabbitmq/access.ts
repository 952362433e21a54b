import { AckmarkError, describeError } from '../../harness/core/errors.ts';
import { everyErrorIn, tlsFailure } from '../access-failures.ts';
import type { Target } from '../engine.ts';
import { variableOf } from '../external-access.ts';

const engine = 'rabbitmq';

/**
 * What the server says of a login or a right that it does not give (AMQP 0-9-1, reply codes), and all that the client
 * tells of a virtual host that it may not enter or that is not there.
 */
const refusal =
  /\b(?:ACCESS[_-]REFUSED|NOT[_-]ALLOWED)\b|Expected ConnectionOpenOk; got <ConnectionClose/;

/** Why nobody was let in, told by what the reader can do about it. */
export function cannotConnect(target: Target, cause: unknown): AckmarkError {
  const { address, settings } = target;
  const tls = tlsFailure({ engine, name: 'RabbitMQ', address }, cause);
  if (tls !== undefined) return tls;
  if (isRefusal(cause)) {
    return new AckmarkError(
      'ACCESS_REFUSED',
      `RabbitMQ at ${address} refused the login or the virtual host`,
      {
        hint: `Check ${variableOf(engine, 'USERNAME')} and ${variableOf(engine, 'PASSWORD')}, and the virtual host; guest may only come from the broker’s own machine.`,
        cause: withoutUser(cause),
      },
    );
  }
  const isPlain = target.kind === 'external' && settings['tls'] !== 'true';
  const perhaps = isPlain ? ' If the port is one for TLS, write amqps://.' : '';
  return new AckmarkError('CONNECT_FAILED', `cannot connect to RabbitMQ at ${address}`, {
    hint: `Check that the broker listens there and that user, password and vhost exist.${perhaps}`,
    cause: withoutUser(cause),
  });
}

/** What a broker that had let us in did not do. */
export function notDone({ address }: Target, what: string, cause: unknown): AckmarkError {
  if (cause instanceof AckmarkError) return cause;
  const message = `RabbitMQ at ${address} did not ${what}`;
  if (isRefusal(cause)) {
    return new AckmarkError('ACCESS_REFUSED', message, {
      hint: 'Let this user configure, write and read everything that begins with ackmark-.',
      cause: withoutUser(cause),
    });
  }
  return new AckmarkError('CONNECT_FAILED', message, {
    hint: 'Read the broker’s log; a queue of that name may exist with other arguments.',
    cause: withoutUser(cause),
  });
}

/** The server repeats in its refusals who came, and errors are recorded. */
export function withoutUser(cause: unknown): Error {
  return new Error(describeError(cause).replaceAll(/\buser '[^']*'/g, 'the user'));
}

function isRefusal(cause: unknown): boolean {
  return everyErrorIn(cause).some(({ message }) => refusal.test(message));
}
