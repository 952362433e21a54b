import { existsSync } from 'node:fs';
import { AckmarkError, describeError } from '../../harness/core/errors.ts';
import type { Provisioned, Provisioner, ProvisionHost, ProvisionRequest } from '../provisioner.ts';
import { localAccess, targetAt } from './address.ts';
import { planCluster, writeConfigurations } from './cluster-plan.ts';
import { fetchRoot, findMirror, rootDirectory } from './debian-root.ts';
import { type Installation, installationIn } from './installation.ts';
import { startNameServer } from './name-server.ts';
import { encloseIn } from './namespaces.ts';
import { RabbitNode } from './node.ts';

/** Until nodes that are up have become one cluster. */
const gatheringMs = 60_000;

/**
 * RabbitMQ 4.0 of Debian trixie, unpacked in the cache and run in a chroot of its own mount and process
 * namespaces; or, where that cannot be fetched, the RabbitMQ that the host has installed. Several nodes find
 * each other when they start.
 */
export const localProvisioner: Provisioner = {
  fetch: async (host) => {
    await installation(host);
  },
  up: async (host, request) => up(host, request, await installation(host)),
};

async function up(
  host: ProvisionHost,
  request: ProvisionRequest,
  from: Installation,
): Promise<Provisioned> {
  const { directory, nodes: count, proxies } = request;
  const plan = await planCluster(host, count);
  const enclosure = await encloseIn(host, directory, from);
  await writeConfigurations(directory, plan);
  const names = await startNameServer(host, enclosure, plan.nameServerPort);
  const nodes = plan.nodes.map((node) => new RabbitNode(host, enclosure, plan, node));
  const down = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    // The first process of its namespace hears nothing but this.
    await names.kill('SIGKILL');
  };
  try {
    await Promise.all(nodes.map((node) => node.restart()));
    await names.ready(
      async () => (await Promise.all(nodes.map((node) => node.hasFoundAll()))).every(Boolean),
      gatheringMs,
    );
  } catch (error) {
    await down();
    throw error;
  }
  const what = { kind: 'local', title: `RabbitMQ ${from.version}` };
  const upstreams = plan.nodes.map(({ ports }) => ({ host: '127.0.0.1', port: ports.amqp }));
  return {
    target: targetAt(what, localAccess, upstreams),
    proxied: targetAt(what, localAccess, proxies.length === 0 ? upstreams : proxies),
    upstreams,
    nodes,
    down,
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
      : 'Use a Debian machine, or --target amqp://host:5672.',
    ...(failure === undefined ? {} : { cause: failure }),
  });
}

const whyNot = (failure: unknown): string =>
  failure === undefined
    ? 'apt has no source of Debian packages here'
    : `fetching Debian packages failed: ${describeError(failure)}`;
