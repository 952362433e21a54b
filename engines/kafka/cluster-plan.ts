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
  readonly name: string;
  readonly host: string;
  readonly directory: string;
  readonly dataDirectory: string;
  readonly port: number;
}

export interface ClusterPlan {
  readonly clusterId: string;
  readonly nodes: readonly NodePlan[];
  /**
   * Processes of their own beside several brokers; the id of the one broker otherwise. If they were part of the brokers, two
   * of three that stand still would take their majority with them, and nobody could strike them off the in-sync set.
   */
  readonly controllers: readonly [ControllerPlan, ...ControllerPlan[]];
}

export async function planCluster(
  { directory, proxies, networks, controllers = 1 }: ProvisionRequest,
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
  const [only, ...others] = nodes;
  if (only !== undefined && others.length === 0) {
    return { clusterId, nodes, controllers: [{ ...only, port: await freePort() }] };
  }
  const first = controllerAt(directory, 1, { host, port: await freePort() });
  const more: ControllerPlan[] = [];
  for (let number = 2; number <= controllers; number += 1) {
    more.push(controllerAt(directory, number, { host, port: await freePort() }));
  }
  return { clusterId, nodes, controllers: [first, ...more] };
}

/** More brokers than that no plan has. */
const controllerIds = 1_000;

function controllerAt(directory: string, number: number, { host, port }: Endpoint): ControllerPlan {
  const own = join(directory, `controller-${number}`);
  return {
    id: controllerIds + number,
    name: `kafka controller ${number}`,
    host,
    directory: own,
    dataDirectory: join(own, 'data'),
    port,
  };
}

export function hasOwnControllers({ nodes, controllers: [first] }: ClusterPlan): boolean {
  return nodes.every(({ id }) => id !== first.id);
}
