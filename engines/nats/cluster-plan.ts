import { join } from 'node:path';

export interface NodePlan {
  /** As the server calls itself, and as the JetStream API names the leader of a stream. */
  readonly name: string;
  readonly isFirst: boolean;
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

export async function planCluster(
  directory: string,
  count: number,
  freePort: () => Promise<number>,
): Promise<ClusterPlan> {
  const nodes: NodePlan[] = [];
  for (let number = 1; number <= count; number += 1) {
    const own = join(directory, `node-${number}`);
    nodes.push({
      name: `nats-${number}`,
      isFirst: number === 1,
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
  const routes = nodes.map(({ ports }) => `nats://127.0.0.1:${ports.routes}`).join(', ');
  const cluster =
    nodes.length === 1
      ? ''
      : `cluster {
  name: ackmark
  listen: "127.0.0.1:${node.ports.routes}"
  routes: [${routes}]
}
`;
  return `listen: "127.0.0.1:${node.ports.clients}"
server_name: "${node.name}"
jetstream {
  store_dir: ${JSON.stringify(node.dataDirectory)}
}
${cluster}`;
}
