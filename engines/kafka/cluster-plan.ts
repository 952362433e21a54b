import { join } from 'node:path';
import type { Endpoint, ProvisionRequest } from '../provisioner.ts';

/** Sessions may be this short here, so that a crashed member is replaced within a test's patience. */
export const leastSessionTimeoutMs = 500;

/** Any base64url UUID; clusters never meet, because each has ports and directories of its own. */
const clusterId = '4L6g3nShT-eMCtK--X86sw';

export interface NodePlan {
  readonly id: number;
  readonly name: string;
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
  { directory, proxies }: ProvisionRequest,
  freePort: () => Promise<number>,
): Promise<ClusterPlan> {
  const nodes: NodePlan[] = [];
  for (const [index, proxy] of proxies.entries()) {
    const own = join(directory, `node-${index + 1}`);
    nodes.push({
      id: index + 1,
      name: `kafka node ${index + 1}`,
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
  return { clusterId, nodes, controller: controllerOf(directory, nodes, await freePort()) };
}

/** More brokers than that no plan has. */
const controllerId = 1_000;

function controllerOf(directory: string, nodes: readonly NodePlan[], port: number): ControllerPlan {
  const [first, ...more] = nodes;
  if (first !== undefined && more.length === 0) {
    const { id, directory: shared, dataDirectory } = first;
    return { id, directory: shared, dataDirectory, port };
  }
  const own = join(directory, 'controller');
  return { id: controllerId, directory: own, dataDirectory: join(own, 'data'), port };
}

export function hasOwnController({ nodes, controller }: ClusterPlan): boolean {
  return nodes.every(({ id }) => id !== controller.id);
}
