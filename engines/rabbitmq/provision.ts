import { existsSync } from 'node:fs';
import { AckmarkError, describeError } from '../../harness/core/errors.ts';
import { allStarted } from '../all-started.ts';
import { hostOf } from '../node-process.ts';
import { fetchPackages, findMirror } from '../debian/packages.ts';
import type { Provisioned, Provisioner, ProvisionHost, ProvisionRequest } from '../provisioner.ts';
import { localAccess, targetAt } from './address.ts';
import { planCluster, writeConfigurations } from './cluster-plan.ts';
import { rabbitPackages, rootDirectory } from './debian-root.ts';
import { type Installation, installationIn } from './installation.ts';
import { makeCookie, startNameServers } from './name-server.ts';
import { encloseIn } from './namespaces.ts';
import { RabbitNode } from './node.ts';
import { type ReleaseKind, releases } from './releases.ts';

/** Until nodes that are up have become one cluster. */
const gatheringMs = 60_000;

/**
 * A RabbitMQ of Debian's, unpacked in the cache and run in a chroot of its own mount and process namespaces. Of
 * `local` no version was asked for: where it cannot be fetched, it is the RabbitMQ that the host has installed.
 * Several nodes find each other when they start.
 */
export function provisionerOf(kind: ReleaseKind): Provisioner {
  return {
    fetch: async (host) => {
      await installation(host, kind);
    },
    up: async (host, request) => up(host, request, kind, await installation(host, kind)),
  };
}

async function up(
  host: ProvisionHost,
  request: ProvisionRequest,
  kind: ReleaseKind,
  from: Installation,
): Promise<Provisioned> {
  const { directory, proxies } = request;
  const plan = await planCluster(host, request);
  const enclosure = await encloseIn(host, directory, from);
  await writeConfigurations(directory, plan);
  await makeCookie(host, directory);
  const [names, ...more] = await startNameServers(host, request, enclosure, plan);
  const nodes = plan.nodes.map(
    (node, index) => new RabbitNode(hostOf(host, request, index), enclosure, plan, node),
  );
  const down = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    // The first process of its namespace hears nothing but this.
    await Promise.all([names, ...more].map((server) => server.kill('SIGKILL')));
  };
  try {
    await allStarted(nodes.map((node) => node.restart()));
    await names.ready(
      async () => (await Promise.all(nodes.map((node) => node.hasFoundAll()))).every(Boolean),
      gatheringMs,
    );
  } catch (error) {
    await down();
    throw error;
  }
  const what = { kind, title: `RabbitMQ ${from.version}` };
  const upstreams = plan.nodes.map(({ host: name, ports }) => ({
    host: name,
    port: ports.amqp,
  }));
  return {
    target: targetAt(what, localAccess, upstreams),
    proxied: targetAt(what, localAccess, proxies.length === 0 ? upstreams : proxies),
    upstreams,
    nodes,
    down,
  };
}

async function installation(host: ProvisionHost, kind: ReleaseKind): Promise<Installation> {
  const release = releases[kind];
  const cached = await installationIn(rootDirectory(host, release), 'unpacked');
  if (cached !== undefined) return cached;
  const mirror = await findMirror();
  let failure: unknown;
  if (mirror !== undefined) {
    try {
      await fetchPackages(host, mirror, rabbitPackages(host, release));
      const fetched = await installationIn(rootDirectory(host, release), 'unpacked');
      if (fetched !== undefined) return fetched;
      failure = new Error('the packages did not contain a RabbitMQ server');
    } catch (error) {
      host.signal.throwIfAborted();
      failure = error;
    }
  }
  const installed = kind === 'local' ? await installationIn('/', 'host') : undefined;
  if (installed !== undefined) {
    host.note(`using the host’s RabbitMQ ${installed.version}: ${whyNot(failure)}`);
    return installed;
  }
  throw new AckmarkError('TARGET_UNAVAILABLE', `no RabbitMQ to start: ${whyNot(failure)}`, {
    hint: hintFor(kind),
    ...(failure === undefined ? {} : { cause: failure }),
  });
}

function hintFor(kind: ReleaseKind): string {
  if (!existsSync('/usr/bin/apt-get')) {
    return 'Use a Debian machine, or --target amqp://host:5672.';
  }
  return kind === 'local'
    ? 'Check the network, or run: apt-get install rabbitmq-server'
    : `Check the network, and that the mirror in /etc/apt has ${releases[kind].suite}; or use --target local.`;
}

const whyNot = (failure: unknown): string =>
  failure === undefined
    ? 'apt has no source of Debian packages here'
    : `fetching Debian packages failed: ${describeError(failure)}`;
