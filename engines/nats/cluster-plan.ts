import { join } from 'node:path';
import type { ProvisionRequest } from '../provisioner.ts';

const loopback = '127.0.0.1';

export interface NodePlan {
  /** As the server calls itself, and as the JetStream API names the leader of a stream. */
  readonly name: string;
  readonly isFirst: boolean;
  /** Where it listens. */
  readonly host: string;
  readonly directory: string;
  readonly dataDirectory: string;
  readonly ports: { readonly clients: number; readonly routes: number };
}

export interface ClusterPlan {
  readonly nodes: readonly NodePlan[];
}

/** The servers' own times: a follower waits for so long for its leader before it stands for election … */
export const electionMs = 9_000;
/** … and a leader that has not heard of a majority for so long steps down. */
export const lostQuorumMs = 10_000;

/** A node that is taken out lets its clients go in so long; less the server does not take. */
export const lameDuckMs = 30_000;

export async function planCluster(
  { directory, nodes: count, networks }: ProvisionRequest,
  freePort: () => Promise<number>,
): Promise<ClusterPlan> {
  const nodes: NodePlan[] = [];
  for (let number = 1; number <= count; number += 1) {
    const own = join(directory, `node-${number}`);
    nodes.push({
      name: `nats-${number}`,
      isFirst: number === 1,
      host: networks?.addressOf(number - 1) ?? loopback,
      directory: own,
      dataDirectory: join(own, 'data'),
      ports: { clients: await freePort(), routes: await freePort() },
    });
  }
  return { nodes };
}

/**
 * A node alone needs no routes: with a cluster block it would wait for others to elect it. The sync interval
 * stays the server's own: an acknowledgement means page cache, not disk.
 */
export function nodeConfiguration({ nodes }: ClusterPlan, node: NodePlan): string {
  const routes = nodes.map(({ host, ports }) => `nats://${host}:${ports.routes}`).join(', ');
  const cluster =
    nodes.length === 1
      ? ''
      : `cluster {
  name: ackmark
  listen: "${node.host}:${node.ports.routes}"
  routes: [${routes}]
}
`;
  return `listen: "${node.host}:${node.ports.clients}"
server_name: "${node.name}"
lame_duck_grace_period: "1s"
lame_duck_duration: "${lameDuckMs / 1000}s"
jetstream {
  store_dir: ${JSON.stringify(node.dataDirectory)}
}
${cluster}`;
}
