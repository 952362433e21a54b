import { AckmarkError } from '../../harness/core/errors.ts';
import { endpointOf } from '../endpoints.ts';
import type { Target } from '../engine.ts';
import {
  connectionText,
  type Environment,
  loginFrom,
  refuseLoginIn,
  tlsFrom,
} from '../external-access.ts';
import type { Endpoint } from '../provisioner.ts';

const engine = 'rabbitmq';

/** Who may come in and where to. */
export interface RabbitAccess {
  readonly protocol: 'amqp' | 'amqps';
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
}

/** How to reach one node. */
export interface RabbitAddress extends RabbitAccess {
  readonly hostname: string;
  readonly port: number;
}

/** Who has a RabbitMQ of its own on this machine comes in as the user that it is delivered with. */
export const localAccess: RabbitAccess = {
  protocol: 'amqp',
  username: 'guest',
  password: 'guest',
  vhost: '/',
};

/**
 * `amqp[s]://host[:port][/vhost]`, as https://www.rabbitmq.com/docs/uri-spec has it but for its login, which is in the
 * environment; guest and guest where it is not.
 */
export function externalTarget(url: string, environment: Environment): Target {
  refuseLoginIn(url, engine);
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
  const { username, password } = loginFrom(environment, engine) ?? localAccess;
  const target = targetAt(
    { kind: 'external', title: 'RabbitMQ' },
    {
      protocol: protocol === 'amqps:' ? 'amqps' : 'amqp',
      username,
      password,
      vhost: parsed.pathname.length <= 1 ? '/' : decoded(parsed.pathname.slice(1)),
    },
    [{ host: parsed.hostname.replace(/^\[|\]$/g, ''), port }],
  );
  const tls = tlsFrom(environment, engine, protocol === 'amqps:');
  return { ...target, settings: { ...target.settings, ...tls } };
}

/** Of a target that runs elsewhere: how its connections are protected. */
export function protectionOf({ settings }: Target): string {
  return connectionText(settings, 'SASL PLAIN');
}

export function targetAt(
  { kind, title }: { readonly kind: string; readonly title: string },
  access: RabbitAccess,
  nodes: readonly Endpoint[],
): Target {
  const address = nodes
    .map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
    .join(',');
  return { kind, title, address, nodes: nodes.length, settings: { ...access } };
}

/** Of every node of the target. */
export function addressesOf({ address, settings }: Target): readonly RabbitAddress[] {
  return address.split(',').map((node) => {
    const { host, port } = endpointOf(node);
    return {
      protocol: settings['protocol'] === 'amqps' ? 'amqps' : 'amqp',
      hostname: host,
      port,
      username: settings['username'] ?? 'guest',
      password: settings['password'] ?? 'guest',
      vhost: settings['vhost'] ?? '/',
    };
  });
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
    hint: 'Write it as amqp://host:5672/vhost, or amqps://host:5671/vhost for TLS.',
  });
}
