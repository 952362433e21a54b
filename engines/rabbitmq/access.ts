import { AckmarkError, describeError } from '../../harness/core/errors.ts';
import { everyErrorIn, tlsFailure } from '../access-failures.ts';
import type { Target } from '../engine.ts';
import { variableOf } from '../external-access.ts';

const engine = 'rabbitmq';

/**
 * What the server says of a login or a right that it does not give (AMQP 0-9-1, reply codes), and all that the client
 * tells of a virtual host that it may not enter or that is not there. The same codes stand for what nobody may do, or
 * not now.
 */
const refusals: readonly RegExp[] = [
  /\bACCESS[_-]REFUSED\b(?!.*(?:in exclusive use|reserved prefix|default exchange))/,
  /\bNOT_ALLOWED - (?:access to )?vhost\b(?!.*\bis (?:reached|down)\b)/,
  /Expected ConnectionOpenOk; got <ConnectionClose/,
];

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
        cause: withoutUser(target, cause),
      },
    );
  }
  const isPlain = target.kind === 'external' && settings['tls'] !== 'true';
  const perhaps = isPlain ? ' If the port is one for TLS, write amqps://.' : '';
  return new AckmarkError('CONNECT_FAILED', `cannot connect to RabbitMQ at ${address}`, {
    hint: `Check that the broker listens there and that user, password and vhost exist.${perhaps}`,
    cause: withoutUser(target, cause),
  });
}

/** What a broker that had let us in did not do. */
export function notDone(target: Target, what: string, cause: unknown): AckmarkError {
  if (cause instanceof AckmarkError) return cause;
  const message = `RabbitMQ at ${target.address} did not ${what}`;
  if (isRefusal(cause)) {
    return new AckmarkError('ACCESS_REFUSED', message, {
      hint: 'Let this user configure, write and read everything that begins with ackmark-.',
      cause: withoutUser(target, cause),
    });
  }
  return new AckmarkError('CONNECT_FAILED', message, {
    hint: 'Read the broker’s log; a queue of that name may exist with other arguments.',
    cause: withoutUser(target, cause),
  });
}

/**
 * The server repeats in its refusals who came, and errors are recorded. A name may hold quotation marks, and a long
 * reason ends in the middle of it.
 */
export function withoutUser({ settings }: Target, cause: unknown): Error {
  const { username = '' } = settings;
  const told = describeError(cause);
  const text = username === '' ? told : told.replaceAll(asWord(username), '…');
  return new Error(text.replaceAll(/\buser '[^']*(?:'|$)/g, 'the user'));
}

/** Where it is no part of a longer word. */
function asWord(name: string): RegExp {
  const literal = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\p{L}\p{N}_])${literal}(?![\p{L}\p{N}_])`, 'gu');
}

function isRefusal(cause: unknown): boolean {
  return everyErrorIn(cause).some(({ message }) => refusals.some((one) => one.test(message)));
}
