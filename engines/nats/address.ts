import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';

/** How to reach the servers. Credentials stay in the target's settings, which no report prints. */
export interface NatsAddress {
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly login:
    | { readonly by: 'nothing' }
    | { readonly by: 'password'; readonly user: string; readonly password: string }
    | { readonly by: 'token'; readonly token: string };
}

/** `nats://[user:password@|token@]host[:port][,host[:port]…]`, or `tls://` alike; a missing port is 4222. */
export function externalTarget(url: string): Target {
  const scheme = /^(nats|tls):\/\//.exec(url);
  if (scheme === null) throw badUrl('it is not a nats:// or tls:// URL');
  const rest = url.slice(scheme[0].length).replace(/\/$/, '');
  const at = rest.lastIndexOf('@');
  const servers = rest
    .slice(at + 1)
    .split(',')
    .map(serverOf);
  return {
    kind: 'external',
    title: `NATS at ${servers.join(',')}`,
    address: servers.join(','),
    nodes: servers.length,
    settings: { tls: String(scheme[1] === 'tls'), ...loginOf(at < 0 ? '' : rest.slice(0, at)) },
  };
}

export function addressOf({ address, settings }: Target): NatsAddress {
  const { user, password = '', token } = settings;
  return {
    servers: address.split(','),
    tls: settings['tls'] === 'true',
    login:
      token !== undefined
        ? { by: 'token', token }
        : user !== undefined
          ? { by: 'password', user, password }
          : { by: 'nothing' },
  };
}

function serverOf(text: string): string {
  const match = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text.trim());
  const port = Number(match?.[2] ?? 4222);
  if (match === null || port < 1 || port > 65_535) {
    throw badUrl('a server in it is not host or host:port');
  }
  return `${match[1] ?? ''}:${port}`;
}

function loginOf(text: string): Readonly<Record<string, string>> {
  if (text === '') return {};
  const colon = text.indexOf(':');
  if (colon < 0) return { token: decoded(text) };
  return { user: decoded(text.slice(0, colon)), password: decoded(text.slice(colon + 1)) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badUrl('a percent sign in it starts no escape');
  }
}

function badUrl(why: string): AckmarkError {
  return new AckmarkError('USAGE', `cannot use this URL as a NATS target: ${why}`, {
    hint: 'Write it as nats://user:password@host:4222, several servers separated by commas.',
  });
}
