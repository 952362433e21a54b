import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';

/** How to reach the broker. Credentials stay in the target's settings, which no report prints. */
export interface RabbitAddress {
  readonly protocol: 'amqp' | 'amqps';
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
}

/** `amqp[s]://[user[:password]@]host[:port][/vhost]`, as https://www.rabbitmq.com/docs/uri-spec has it. */
export function externalTarget(url: string): Target {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const protocol = parsed?.protocol;
  if (parsed === undefined || (protocol !== 'amqp:' && protocol !== 'amqps:')) {
    throw badUrl('it is not an amqp:// or amqps:// URL');
  }
  if (parsed.hostname === '') throw badUrl('it names no host');
  if (parsed.search !== '' || parsed.hash !== '') {
    throw badUrl('query parameters would be ignored: settings belong to the profile');
  }
  const port = parsed.port === '' ? (protocol === 'amqps:' ? 5671 : 5672) : Number(parsed.port);
  return targetAt(
    { kind: 'external', title: 'RabbitMQ' },
    {
      protocol: protocol === 'amqps:' ? 'amqps' : 'amqp',
      hostname: parsed.hostname.replace(/^\[|\]$/g, ''),
      port,
      username: parsed.username === '' ? 'guest' : decoded(parsed.username),
      password: parsed.username === '' ? 'guest' : decoded(parsed.password),
      vhost: parsed.pathname.length <= 1 ? '/' : decoded(parsed.pathname.slice(1)),
    },
  );
}

export function targetAt(
  { kind, title }: { readonly kind: string; readonly title: string },
  at: RabbitAddress,
): Target {
  const host = at.hostname.includes(':') ? `[${at.hostname}]` : at.hostname;
  return {
    kind,
    title,
    address: `${host}:${at.port}`,
    nodes: 1,
    settings: {
      protocol: at.protocol,
      username: at.username,
      password: at.password,
      vhost: at.vhost,
    },
  };
}

export function addressOf(target: Target): RabbitAddress {
  const colon = target.address.lastIndexOf(':');
  const { settings } = target;
  return {
    protocol: settings['protocol'] === 'amqps' ? 'amqps' : 'amqp',
    hostname: target.address.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(target.address.slice(colon + 1)),
    username: settings['username'] ?? 'guest',
    password: settings['password'] ?? 'guest',
    vhost: settings['vhost'] ?? '/',
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badUrl('a percent sign in it starts no escape');
  }
}

function badUrl(why: string): AckmarkError {
  return new AckmarkError('USAGE', `cannot use this URL as a RabbitMQ target: ${why}`, {
    hint: 'Write it as amqp://user:password@host:5672/vhost.',
  });
}
