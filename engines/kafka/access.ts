import type { BaseOptions } from '@platformatic/kafka';
import { AckmarkError } from '../../harness/core/errors.ts';
import { everyErrorIn, tlsFailure } from '../access-failures.ts';
import type { Target } from '../engine.ts';
import { tlsOptionsOf, variableOf } from '../external-access.ts';
import { engineOf, saslMechanisms } from './address.ts';
import type { KafkaOptions } from './options.ts';

/** A TLS handshake and a login are seven round trips, to a broker that may be far away. */
const farConnectMs = 5_000;

/** What of a connection is decided by where the target is: TLS, the login, and how long both may take. */
export function accessOptions(
  { kind, settings }: Target,
  options: KafkaOptions,
): Pick<BaseOptions, 'tls' | 'sasl' | 'connectTimeout'> {
  const least = kind === 'external' ? farConnectMs : 0;
  const tls = tlsOptionsOf(settings);
  const { username, password } = settings;
  const mechanism = saslMechanisms.find((one) => one === settings['mechanism']);
  return {
    connectTimeout: Math.max(options.connectTimeoutMs, least),
    ...(tls === undefined ? {} : { tls }),
    ...(mechanism === undefined || username === undefined || password === undefined
      ? {}
      : { sasl: { mechanism, username, password } }),
  };
}

/** What went wrong with `what`, told by what the reader can do about it. */
export function failureAt(target: Target, what: string, cause: unknown): AckmarkError {
  const engine = engineOf(target);
  const at = { engine, name: nameOf(target), address: target.address };
  return (
    tlsFailure(at, cause) ??
    refusal(target, cause) ??
    new AckmarkError('CONNECT_FAILED', `${what} at ${target.address}`, {
      hint:
        target.kind === 'external' && target.settings['mechanism'] === undefined
          ? `Check that the broker runs there and that its advertised listeners can be reached from here; one that wants a login (${variableOf(engine, 'USERNAME')}) closes connections without it.`
          : 'Check that the broker runs there and that its advertised listeners can be reached from here.',
      cause,
    })
  );
}

/** Who may be somebody else than was meant is not called by that name. */
export const nameOf = (target: Target): string =>
  target.settings['speaker'] === undefined ? 'Kafka' : 'what listens';

function refusal(target: Target, cause: unknown): AckmarkError | undefined {
  const { address, settings } = target;
  const engine = engineOf(target);
  const name = nameOf(target);
  const errors = everyErrorIn(cause);
  if (errors.some(({ message }) => message === 'Broker requires TLS.')) {
    return new AckmarkError('TLS_FAILED', `${name} at ${address} wants TLS`, {
      hint: `Write --target ${engine}+ssl://host:port.`,
      cause,
    });
  }
  if (errors.some(({ code }) => code === 'PLT_KFK_AUTHENTICATION')) {
    return new AckmarkError('ACCESS_REFUSED', `${name} at ${address} refused the login`, {
      hint: `Check ${variableOf(engine, 'USERNAME')} and ${variableOf(engine, 'PASSWORD')}, and whether the listener offers ${settings['mechanism']} (${variableOf(engine, 'SASL_MECHANISM')}).`,
      cause,
    });
  }
  if (errors.some(isOfARight)) {
    return new AckmarkError('ACCESS_REFUSED', `${name} at ${address} refused an operation`, {
      hint: 'Let this user create, describe, read, write and delete topics, groups and transactional ids that begin with ackmark-.',
      cause,
    });
  }
  return undefined;
}

/** The broker has one such error for each kind of thing: `TOPIC_AUTHORIZATION_FAILED`. */
function isOfARight(error: Error): boolean {
  if (!('apiId' in error) || typeof error.apiId !== 'string') return false;
  return error.apiId.endsWith('_AUTHORIZATION_FAILED');
}
