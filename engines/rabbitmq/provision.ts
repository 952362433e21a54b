import { existsSync } from 'node:fs';
import { AckmarkError, describeError } from '../../harness/core/errors.ts';
import type { Provisioned, Provisioner, ProvisionHost, ProvisionRequest } from '../provisioner.ts';
import { targetAt } from './address.ts';
import { startBroker } from './broker-process.ts';
import { fetchRoot, findMirror, rootDirectory } from './debian-root.ts';
import { type Installation, installationIn } from './installation.ts';

/**
 * RabbitMQ 4.0 of Debian trixie, unpacked in the cache and run in a chroot of its own mount and process
 * namespaces; or, where that cannot be fetched, the RabbitMQ that the host has installed.
 */
export const localProvisioner: Provisioner = {
  fetch: async (host) => {
    await installation(host);
  },
  up: async (host, request) => {
    if (request.nodes !== 1) {
      throw new AckmarkError('USAGE', `a local RabbitMQ has one node, not ${request.nodes}`, {
        hint: 'Point --target at a cluster with an amqp:// URL.',
      });
    }
    return up(host, request, await installation(host));
  },
};

async function up(
  host: ProvisionHost,
  request: ProvisionRequest,
  from: Installation,
): Promise<Provisioned> {
  const port = await host.freePort();
  const broker = await startBroker(host, request.directory, from, port);
  const title = `RabbitMQ ${from.version}`;
  const at = (hostname: string, atPort: number) =>
    targetAt(
      { kind: 'local', title },
      {
        protocol: 'amqp',
        hostname,
        port: atPort,
        username: 'guest',
        password: 'guest',
        vhost: '/',
      },
    );
  const [proxy] = request.proxies;
  const target = at('127.0.0.1', port);
  return {
    target,
    proxied: proxy === undefined ? target : at(proxy.host, proxy.port),
    upstreams: [{ host: '127.0.0.1', port }],
    nodes: [broker.node],
    down: broker.stop,
  };
}

async function installation(host: ProvisionHost): Promise<Installation> {
  const cached = await installationIn(rootDirectory(host), 'unpacked');
  if (cached !== undefined) return cached;
  const mirror = await findMirror();
  let failure: unknown;
  if (mirror !== undefined) {
    try {
      await fetchRoot(host, mirror);
      const fetched = await installationIn(rootDirectory(host), 'unpacked');
      if (fetched !== undefined) return fetched;
      failure = new Error('the packages did not contain a RabbitMQ server');
    } catch (error) {
      host.signal.throwIfAborted();
      failure = error;
    }
  }
  const installed = await installationIn('/', 'host');
  if (installed !== undefined) {
    host.note(`using the host’s RabbitMQ ${installed.version}: ${whyNot(failure)}`);
    return installed;
  }
  throw new AckmarkError('TARGET_UNAVAILABLE', `no RabbitMQ to start: ${whyNot(failure)}`, {
    hint: existsSync('/usr/bin/apt-get')
      ? 'Check the network, or run: apt-get install rabbitmq-server'
      : 'Use a Debian machine, or --target amqp://user:password@host:5672.',
    ...(failure === undefined ? {} : { cause: failure }),
  });
}

const whyNot = (failure: unknown): string =>
  failure === undefined
    ? 'apt has no source of Debian packages here'
    : `fetching Debian packages failed: ${describeError(failure)}`;
