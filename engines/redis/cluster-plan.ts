import { join } from 'node:path';
import type { ProvisionRequest } from '../provisioner.ts';
import { primaryName } from './primary.ts';

const loopback = '127.0.0.1';

export interface NodePlan {
  readonly name: string;
  readonly directory: string;
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
}

export interface SentinelPlan {
  readonly name: string;
  readonly directory: string;
  readonly host: string;
  readonly port: number;
}

export interface ClusterPlan {
  /** The first is the primary in the beginning, the others its replicas. */
  readonly nodes: readonly [NodePlan, ...NodePlan[]];
  /** As many as nodes; none for one node, which nobody could succeed. */
  readonly sentinels: readonly SentinelPlan[];
}

/** A primary that has been silent for so long is down for a sentinel; two of three must agree. */
export const downAfterMs = 2_000;
/** From there to a promotion: sentinels put elections off by up to a second, and may need another. */
export const promotionMs = 4_000;
const failoverTimeoutMs = 10_000;

export async function planCluster(
  { directory, nodes: count, networks }: ProvisionRequest,
  freePort: () => Promise<number>,
): Promise<ClusterPlan> {
  const node = async (number: number): Promise<NodePlan> => {
    const own = join(directory, `node-${number}`);
    return {
      name: `redis-${number}`,
      directory: own,
      dataDirectory: join(own, 'data'),
      host: networks?.addressOf(number - 1) ?? loopback,
      port: await freePort(),
    };
  };
  const nodes: [NodePlan, ...NodePlan[]] = [await node(1)];
  for (let number = 2; number <= count; number += 1) nodes.push(await node(number));
  const sentinels: SentinelPlan[] = [];
  const wanted = count > 1 ? count : 0;
  for (let number = 1; number <= wanted; number += 1) {
    const name = `sentinel-${number}`;
    // All with the majority: they are what decides where that is.
    const host = networks?.addressOf(count) ?? loopback;
    sentinels.push({ name, directory: join(directory, name), host, port: await freePort() });
  }
  return { nodes, sentinels };
}

/** Sentinels rewrite it when they make another the primary. */
export function nodeConfiguration(
  { nodes: [primary] }: ClusterPlan,
  node: NodePlan,
  appendFsync: string,
): string {
  const lines = [
    `port ${node.port}`,
    `bind ${node.host}`,
    // No password: nobody but this machine reaches these addresses.
    'protected-mode no',
    `dir ${JSON.stringify(node.dataDirectory)}`,
    'appendonly yes',
    `appendfsync ${appendFsync}`,
    'save ""',
    // A replica that comes back is served at once; there is nobody else to wait for.
    'repl-diskless-sync-delay 0',
  ];
  if (node !== primary) lines.push(`replicaof ${primary.host} ${primary.port}`);
  return `${lines.join('\n')}\n`;
}

export function sentinelConfiguration(
  { nodes: [primary], sentinels }: ClusterPlan,
  sentinel: SentinelPlan,
): string {
  const majority = Math.floor(sentinels.length / 2) + 1;
  return `port ${sentinel.port}
bind ${sentinel.host}
protected-mode no
dir ${JSON.stringify(sentinel.directory)}
sentinel monitor ${primaryName} ${primary.host} ${primary.port} ${majority}
sentinel down-after-milliseconds ${primaryName} ${downAfterMs}
sentinel failover-timeout ${primaryName} ${failoverTimeoutMs}
sentinel parallel-syncs ${primaryName} ${sentinels.length}
`;
}
