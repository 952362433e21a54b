import { AckmarkError } from '../../harness/core/errors.ts';
import { endpointOf, writtenEndpoint } from '../endpoints.ts';
import type { Target } from '../engine.ts';
import { type Environment, loginFrom, refuseLoginIn, variableOf } from '../external-access.ts';
import type { Endpoint } from '../provisioner.ts';

const engine = 'pulsar';
const binaryPort = 6650;
const adminPort = 8080;

/** Clients speak the binary protocol with one port; what makes topics and looks into them speaks HTTP with another. */
export interface PulsarAddress {
  readonly broker: Endpoint;
  readonly admin: Endpoint;
}

/** As a target has it, and behind `pulsar://` a URL. */
export const writtenAddress = (broker: string, admin: number): string => `${broker}?admin=${admin}`;

export function addressOf({ address }: Pick<Target, 'address'>): PulsarAddress {
  const [at = '', admin = String(adminPort)] = address.split('?admin=');
  const broker = endpointOf(at);
  return { broker, admin: { host: broker.host, port: Number(admin) } };
}

/**
 * `pulsar://host[:port][?admin=port]`: one broker, without a login and without TLS. Missing ports are 6650 and 8080, and
 * the one of the admin API is on the same host.
 */
export function externalTarget(url: string, environment: Environment): Target {
  refuseLoginIn(url, engine);
  const [, at = '', admin = String(adminPort)] =
    /^pulsar:\/\/([^/?]+)\/?(?:\?admin=(\d{1,5}))?$/.exec(url) ?? [];
  const broker = writtenEndpoint(at, binaryPort);
  if (broker === undefined || Number(admin) < 1 || Number(admin) > 65_535) throw badUrl();
  if (loginFrom(environment, engine) !== undefined) {
    throw new AckmarkError('USAGE', 'this Pulsar client does not log in', {
      hint: `Unset ${variableOf(engine, 'USERNAME')}, and use a broker without authentication.`,
    });
  }
  return {
    kind: 'external',
    title: `Pulsar at ${broker}`,
    address: writtenAddress(broker, Number(admin)),
    nodes: 1,
    settings: {},
  };
}

function badUrl(): AckmarkError {
  return new AckmarkError('USAGE', 'cannot use this URL as a Pulsar target', {
    hint: 'Write it as pulsar://host:6650?admin=8080: the ports of the binary protocol and of the admin API.',
  });
}
