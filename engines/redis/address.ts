import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** How to reach the servers. Credentials stay in the target's settings, which no report prints. */
export interface RedisAddress {
  /** Where clients connect, one for each server. */
  readonly servers: readonly HostAndPort[];
  /** What Sentinel calls them, in the same order; other than `servers` where a proxy stands before them. */
  readonly members: readonly string[];
  /** Who says which of the servers is the primary; nobody: the servers themselves. */
  readonly sentinels: readonly HostAndPort[];
  readonly tls: boolean;
  readonly login: { readonly user?: string; readonly password?: string };
}

/** `redis://[[user]:password@]host[:port][,host[:port]…]`, or `rediss://` alike; a missing port is 6379. */
export function externalTarget(url: string): Target {
  const scheme = /^(rediss?):\/\//.exec(url);
  if (scheme === null) throw badUrl('it is not a redis:// or rediss:// URL');
  const rest = url.slice(scheme[0].length).replace(/\/$/, '');
  const at = rest.lastIndexOf('@');
  const servers = rest
    .slice(at + 1)
    .split(',')
    .map(serverOf);
  return {
    kind: 'external',
    title: `Redis at ${servers.join(',')}`,
    address: servers.join(','),
    nodes: servers.length,
    settings: { tls: String(scheme[1] === 'rediss'), ...loginOf(at < 0 ? '' : rest.slice(0, at)) },
  };
}

export function addressOf({ address, settings }: Target): RedisAddress {
  const { user, password, members = address, sentinels = '' } = settings;
  return {
    servers: list(address).map(hostAndPort),
    members: list(members),
    sentinels: list(sentinels).map(hostAndPort),
    tls: settings['tls'] === 'true',
    login: {
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
    },
  };
}

const list = (text: string): readonly string[] => (text === '' ? [] : text.split(','));

function hostAndPort(text: string): HostAndPort {
  const colon = text.lastIndexOf(':');
  return {
    host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
    port: Number(text.slice(colon + 1)),
  };
}

function serverOf(text: string): string {
  const match = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text.trim());
  const port = Number(match?.[2] ?? 6379);
  if (match === null || port < 1 || port > 65_535) {
    throw badUrl('a server in it is not host or host:port');
  }
  return `${match[1] ?? ''}:${port}`;
}

function loginOf(text: string): Readonly<Record<string, string>> {
  if (text === '') return {};
  const colon = text.indexOf(':');
  if (colon < 0) throw badUrl('a login in it is not user:password or :password');
  const user = decoded(text.slice(0, colon));
  return { ...(user === '' ? {} : { user }), password: decoded(text.slice(colon + 1)) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badUrl('a percent sign in it starts no escape');
  }
}

function badUrl(why: string): AckmarkError {
  return new AckmarkError('USAGE', `cannot use this URL as a Redis target: ${why}`, {
    hint: 'Write it as redis://user:password@host:6379, several servers separated by commas.',
  });
}
