import { allStarted } from '../all-started.ts';
import { hostOf } from '../node-process.ts';
import type { Target } from '../engine.ts';
import type { Provisioned, Provisioner, ProvisionHost, ProvisionRequest } from '../provisioner.ts';
import { planCluster } from './cluster-plan.ts';
import { NatsNode } from './node.ts';
import { fetchServer, serverBinary, title } from './server-binary.ts';

/** One node, or several that form a cluster. */
export const localProvisioner: Provisioner = { fetch: fetchServer, up };

async function up(host: ProvisionHost, request: ProvisionRequest): Promise<Provisioned> {
  await fetchServer(host);
  const plan = await planCluster(request, () => host.freePort());
  const nodes = await Promise.all(
    plan.nodes.map((node, index) =>
      NatsNode.prepare(hostOf(host, request, index), serverBinary(host), plan, node),
    ),
  );
  const stopAll = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    await allStarted(nodes.map((node) => node.start()));
  } catch (error) {
    await stopAll();
    throw error;
  }
  const upstreams = plan.nodes.map(({ host: name, ports }) => ({
    host: name,
    port: ports.clients,
  }));
  const target = targetAt(upstreams);
  return {
    target,
    proxied: request.proxies.length === 0 ? target : targetAt(request.proxies),
    upstreams,
    nodes,
    down: stopAll,
  };
}

function targetAt(servers: ProvisionRequest['proxies']): Target {
  return {
    kind: 'local',
    title,
    address: servers.map(({ host, port }) => `${host}:${port}`).join(','),
    nodes: servers.length,
    settings: {},
  };
}
