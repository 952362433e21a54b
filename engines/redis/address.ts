import { AckmarkError } from '../../harness/core/errors.ts';
import { endpointOf, writtenEndpoint } from '../endpoints.ts';
import type { Environment, Target } from '../engine.ts';
import {
  connectionText,
  type Login,
  loginFrom,
  refuseLoginIn,
  tlsFrom,
  type TlsOptions,
  tlsOptionsOf,
} from '../external-access.ts';
import type { Endpoint } from '../provisioner.ts';

export const engine = 'redis';

/** How connections are let in. */
export interface Access {
  /** Undefined: in the clear. */
  readonly tls: TlsOptions | undefined;
  readonly login: Login | undefined;
}

/** What was started here lets everybody in who can reach it. */
export const openAccess: Access = { tls: undefined, login: undefined };

/** How to reach the servers. */
export interface RedisAddress extends Access {
  /** Where clients connect, one for each server. */
  readonly servers: readonly Endpoint[];
  /** What Sentinel calls them, in the same order; other than `servers` where a proxy stands before them. */
  readonly members: readonly string[];
  /** Who says which of the servers is the primary; nobody: the servers themselves. */
  readonly sentinels: readonly Endpoint[];
}

/**
 * `redis://host[:port][,host[:port]…]`, or `rediss://` alike, which is TLS; a missing port is 6379. A login is in the
 * environment.
 */
export function externalTarget(url: string, environment: Environment): Target {
  refuseLoginIn(url, engine);
  const scheme = /^(rediss?):\/\//.exec(url);
  if (scheme === null) throw badUrl('it is not a redis:// or rediss:// URL');
  const servers = url.slice(scheme[0].length).replace(/\/$/, '').split(',').map(serverOf);
  return {
    kind: 'external',
    title: `Redis at ${servers.join(',')}`,
    address: servers.join(','),
    nodes: servers.length,
    settings: {
      ...tlsFrom(environment, engine, scheme[1] === 'rediss'),
      ...loginFrom(environment, engine),
    },
  };
}

export function addressOf({ address, settings }: Target): RedisAddress {
  const { username, password, members = address, sentinels = '' } = settings;
  return {
    servers: list(address).map(endpointOf),
    members: list(members),
    sentinels: list(sentinels).map(endpointOf),
    tls: tlsOptionsOf(settings),
    login: username === undefined || password === undefined ? undefined : { username, password },
  };
}

/** Of a target that runs elsewhere: how its connections are protected. */
export function protectionOf(target: Target): string {
  const { login } = addressOf(target);
  return connectionText(target.settings, login === undefined ? 'no login' : 'user and password');
}

const list = (text: string): readonly string[] => (text === '' ? [] : text.split(','));

function serverOf(text: string): string {
  const server = writtenEndpoint(text, 6379);
  if (server === undefined) throw badUrl('a server in it is not host or host:port');
  return server;
}

function badUrl(why: string): AckmarkError {
  return new AckmarkError('USAGE', `cannot use this URL as a Redis target: ${why}`, {
    hint: 'Write it as redis://host:6379, or rediss://host:6379, several servers separated by commas.',
  });
}
