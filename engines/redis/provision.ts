import { allStarted } from '../all-started.ts';
import { hostOf } from '../node-process.ts';
import type { Target } from '../engine.ts';
import type {
  Endpoint,
  Provisioned,
  Provisioner,
  ProvisionHost,
  ProvisionRequest,
} from '../provisioner.ts';
import { type ClusterPlan, planCluster } from './cluster-plan.ts';
import { endpointOf, RedisNode } from './node.ts';
import { onServer } from './primary.ts';
import { type Sentinels, startSentinels } from './sentinels.ts';
import { whenReplicating } from './server-info.ts';
import { type ServerProgram, serverProgram } from './server-program.ts';

/** One server; or a primary, its replicas, and as many sentinels, which promote a replica when the primary dies. */
export const localProvisioner: Provisioner = {
  fetch: async (host) => {
    await serverProgram(host);
  },
  up: async (host, request) => up(host, request, await serverProgram(host)),
};

async function up(
  host: ProvisionHost,
  request: ProvisionRequest,
  program: ServerProgram,
): Promise<Provisioned> {
  const plan = await planCluster(request, () => host.freePort());
  const { appendfsync = 'everysec' } = request.settings;
  const nodes = await Promise.all(
    plan.nodes.map((node, index) =>
      RedisNode.prepare(hostOf(host, request, index), program, plan, node, appendfsync),
    ),
  );
  let sentinels: Sentinels | undefined;
  const down = async (): Promise<void> => {
    await sentinels?.stop();
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    await allStarted(nodes.map((node) => node.restart()));
    if (plan.sentinels.length > 0) {
      // Sentinels learn of replicas from the primary, so it must know them first.
      const [primary, ...replicas] = plan.nodes;
      await onServer(primary, (link) => whenReplicating(link, replicas.length));
      sentinels = await startSentinels(hostOf(host, request, plan.nodes.length), program, plan);
    }
  } catch (error) {
    await down();
    throw error;
  }
  const upstreams = plan.nodes.map(endpointOf);
  const { proxies } = request;
  return {
    target: targetAt(upstreams, plan, program),
    proxied: targetAt(proxies.length === 0 ? upstreams : proxies, plan, program),
    upstreams,
    nodes,
    down,
  };
}

function targetAt(
  servers: readonly Endpoint[],
  plan: ClusterPlan,
  { title }: ServerProgram,
): Target {
  const addresses = (of: readonly Endpoint[]): string =>
    of.map(({ host, port }) => `${host}:${port}`).join(',');
  return {
    kind: 'local',
    title,
    address: addresses(servers),
    nodes: servers.length,
    settings: {
      members: addresses(plan.nodes.map(endpointOf)),
      sentinels: addresses(plan.sentinels.map(endpointOf)),
    },
  };
}
