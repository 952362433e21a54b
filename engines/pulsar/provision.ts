import { invariant } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';
import { type Distribution, fetchDistribution, rootOf } from '../maven/distribution.ts';
import type {
  Endpoint,
  Provisioned,
  Provisioner,
  ProvisionHost,
  ProvisionRequest,
} from '../provisioner.ts';
import { writtenAddress } from './address.ts';
import { PulsarNode } from './node.ts';

const version = '4.0.8';

export const distribution: Distribution = {
  title: `Apache Pulsar ${version}`,
  name: 'a local Pulsar',
  directory: `pulsar-${version}`,
  coordinate: `org.apache.pulsar:pulsar-server-distribution:${version}:tar.gz:bin`,
  parts: ['conf', 'lib'],
  megabytes: 600,
};

/** One node. */
export const pulsarProvisioner: Provisioner = {
  fetch: (host) => fetchDistribution(host, distribution),
  up,
};

async function up(host: ProvisionHost, request: ProvisionRequest): Promise<Provisioned> {
  const { nodes, proxies, directory } = request;
  invariant(nodes === 1 && proxies.length <= 1, 'a standalone Pulsar is one node');
  const ports = { broker: await host.freePort(), admin: await host.freePort() };
  const node = await PulsarNode.prepare(host, rootOf(host, distribution), directory, ports);
  await node.start();
  const direct = { host: '127.0.0.1', port: ports.broker };
  const targetAt = (at: Endpoint): Target => ({
    kind: 'local',
    title: distribution.title,
    address: writtenAddress(`${at.host}:${at.port}`, ports.admin),
    nodes: 1,
    settings: { journal: 'synced before the answer (journalSyncData=true)' },
  });
  return {
    target: targetAt(direct),
    proxied: targetAt(proxies[0] ?? direct),
    upstreams: [direct],
    nodes: [node],
    down: async () => void (await node.stop()),
  };
}
