import { AckmarkError } from '../../harness/core/errors.ts';
import { writtenEndpoint } from '../endpoints.ts';
import type { Target } from '../engine.ts';
import {
  connectionText,
  type Environment,
  loginFrom,
  refuseLoginIn,
  tlsFrom,
  valueOf,
  variableOf,
} from '../external-access.ts';

const engine = 'nats';

/** How to reach the servers. */
export interface NatsAddress {
  readonly servers: readonly string[];
  readonly login:
    | { readonly by: 'nothing' }
    | { readonly by: 'password'; readonly user: string; readonly password: string }
    | { readonly by: 'token'; readonly token: string };
}

/**
 * `nats://host[:port][,host[:port]…]`, or `tls://` alike, which refuses a server without TLS; a missing port is 4222.
 * A login or a token is in the environment.
 */
export function externalTarget(url: string, environment: Environment): Target {
  refuseLoginIn(url, engine);
  const scheme = /^(nats|tls):\/\//.exec(url);
  if (scheme === null) throw badUrl('it is not a nats:// or tls:// URL');
  const servers = url.slice(scheme[0].length).replace(/\/$/, '').split(',').map(serverOf);
  return {
    kind: 'external',
    title: `NATS at ${servers.join(',')}`,
    address: servers.join(','),
    nodes: servers.length,
    settings: {
      ...tlsFrom(environment, engine, scheme[1] === 'tls'),
      ...credentialsFrom(environment),
    },
  };
}

export function addressOf({ address, settings }: Target): NatsAddress {
  const { username, password = '', token } = settings;
  return {
    servers: address.split(','),
    login:
      token !== undefined
        ? { by: 'token', token }
        : username !== undefined
          ? { by: 'password', user: username, password }
          : { by: 'nothing' },
  };
}

/** Of a target that runs elsewhere: how its connections are protected. A server with TLS has it used also by nats://. */
export function protectionOf(
  target: Target,
  info: { readonly tls_required?: boolean; readonly tls_available?: boolean } | undefined,
): string {
  const isEncrypted = info?.tls_required === true || info?.tls_available === true;
  const login = { nothing: 'no login', password: 'user and password', token: 'token' };
  const settings = { ...target.settings, tls: String(isEncrypted) };
  return connectionText(settings, login[addressOf(target).login.by]);
}

function serverOf(text: string): string {
  const server = writtenEndpoint(text, 4222);
  if (server === undefined) throw badUrl('a server in it is not host or host:port');
  return server;
}

function credentialsFrom(environment: Environment): Readonly<Record<string, string>> {
  const login = loginFrom(environment, engine);
  const token = valueOf(environment, engine, 'TOKEN');
  if (login === undefined) return token === undefined ? {} : { token };
  if (token === undefined) return { ...login };
  throw new AckmarkError('USAGE', `${variableOf(engine, 'TOKEN')} is set beside a user`, {
    hint: 'Set the token, or user and password.',
  });
}

function badUrl(why: string): AckmarkError {
  return new AckmarkError('USAGE', `cannot use this URL as a NATS target: ${why}`, {
    hint: 'Write it as nats://host:4222, or tls://host:4222, several servers separated by commas.',
  });
}
