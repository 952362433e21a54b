import { join } from 'node:path';
import type { Endpoint, ProvisionRequest } from '../provisioner.ts';

/** Sessions may be this short here, so that a crashed member is replaced within a test's patience. */
export const leastSessionTimeoutMs = 500;

const loopback = '127.0.0.1';

/** Any base64url UUID; clusters never meet, because each has ports and directories of its own. */
const clusterId = '4L6g3nShT-eMCtK--X86sw';

export interface NodePlan {
  readonly id: number;
  readonly name: string;
  /** Where it listens. */
  readonly host: string;
  readonly directory: string;
  readonly dataDirectory: string;
  readonly ports: {
    readonly direct: number;
    /** Where the fault proxy forwards to. */
    readonly proxied: number;
    readonly internal: number;
  };
  /** What the proxied listener advertises. */
  readonly proxy: Endpoint;
}

export interface ControllerPlan {
  readonly id: number;
  readonly host: string;
  readonly directory: string;
  readonly dataDirectory: string;
  readonly port: number;
}

export interface ClusterPlan {
  readonly clusterId: string;
  readonly nodes: readonly NodePlan[];
  /**
   * A process of its own beside several brokers; the id of the one broker otherwise. If it were part of the brokers, two of
   * three that stand still would take its majority with them, and nobody could strike them off the in-sync set.
   */
  readonly controller: ControllerPlan;
}

export async function planCluster(
  { directory, proxies, networks }: ProvisionRequest,
  freePort: () => Promise<number>,
): Promise<ClusterPlan> {
  const nodes: NodePlan[] = [];
  for (const [index, proxy] of proxies.entries()) {
    const own = join(directory, `node-${index + 1}`);
    nodes.push({
      id: index + 1,
      name: `kafka node ${index + 1}`,
      host: networks?.addressOf(index) ?? loopback,
      directory: own,
      dataDirectory: join(own, 'data'),
      ports: {
        direct: await freePort(),
        proxied: await freePort(),
        internal: await freePort(),
      },
      proxy,
    });
  }
  const host = networks?.addressOf(nodes.length) ?? loopback;
  const at = { host, port: await freePort() };
  return { clusterId, nodes, controller: controllerOf(directory, nodes, at) };
}

/** More brokers than that no plan has. */
const controllerId = 1_000;

function controllerOf(
  directory: string,
  nodes: readonly NodePlan[],
  { host, port }: Endpoint,
): ControllerPlan {
  const [first, ...more] = nodes;
  if (first !== undefined && more.length === 0) {
    const { id, host: own, directory: shared, dataDirectory } = first;
    return { id, host: own, directory: shared, dataDirectory, port };
  }
  const own = join(directory, 'controller');
  return { id: controllerId, host, directory: own, dataDirectory: join(own, 'data'), port };
}

export function hasOwnController({ nodes, controller }: ClusterPlan): boolean {
  return nodes.every(({ id }) => id !== controller.id);
}
