import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProvisionHost, ProvisionRequest } from '../provisioner.ts';
import { lookUpProgram } from './look-up.ts';
import type { Enclosure } from './namespaces.ts';

const loopback = '127.0.0.1';

/** Silence for about so long makes a member of a quorum queue doubt its leader (aten's poll interval). */
export const doubtMs = 1_000;

export interface NodePlan {
  readonly name: string;
  /** Where it listens. */
  readonly host: string;
  /** Among the Erlang nodes. */
  readonly erlangName: string;
  /** Within the target's directory. */
  readonly folder: string;
  readonly ports: {
    readonly amqp: number;
    /** Where the other nodes reach it. */
    readonly distribution: number;
    readonly lookUp: number;
  };
}

export interface ClusterPlan {
  readonly nameServerPort: number;
  /**
   * Whether each node has a network of its own, and in it a name server of its own: it is reached by its address then,
   * which its name among the Erlang nodes holds, and clients do not come from its own machine.
   */
  readonly areApart: boolean;
  readonly nodes: readonly NodePlan[];
}

export async function planCluster(
  host: Pick<ProvisionHost, 'freePort'>,
  { nodes, networks }: Pick<ProvisionRequest, 'nodes' | 'networks'>,
): Promise<ClusterPlan> {
  const plans: NodePlan[] = [];
  // The first free port may be one that the user has asked for.
  for (let number = 1; number <= nodes; number += 1) {
    const address = networks?.addressOf(number - 1);
    plans.push({
      name: `rabbitmq node ${number}`,
      host: address ?? loopback,
      erlangName: `ackmark-${number}@${address ?? 'localhost'}`,
      folder: `node-${number}`,
      ports: {
        amqp: await host.freePort(),
        distribution: await host.freePort(),
        lookUp: await host.freePort(),
      },
    });
  }
  return {
    nameServerPort: await host.freePort(),
    areApart: networks !== undefined,
    nodes: plans,
  };
}

/** Everything that the nodes read; their data directories are empty, so that they find each other. */
export async function writeConfigurations(directory: string, plan: ClusterPlan): Promise<void> {
  await writeFile(join(directory, 'look-up.erl'), lookUpProgram);
  await writeFile(join(directory, 'enabled_plugins'), '[].\n');
  for (const node of plan.nodes) {
    for (const name of ['data', 'log']) {
      await mkdir(join(directory, node.folder, name), { recursive: true });
    }
    await writeFile(join(directory, node.folder, 'rabbitmq.conf'), configurationOf(plan, node));
  }
}

function configurationOf({ nodes, areApart }: ClusterPlan, { host, ports }: NodePlan): string {
  const settings: [string, string][] = [
    ['listeners.tcp.default', `${host}:${ports.amqp}`],
    ['log.console', 'false'],
    ['log.file', 'rabbit.log'],
    ['vm_memory_high_watermark.absolute', '1GB'],
    ['disk_free_limit.absolute', '100MB'],
  ];
  if (areApart) settings.push(['loopback_users.guest', 'false']);
  if (nodes.length > 1) {
    settings.push(
      ['cluster_formation.peer_discovery_backend', 'classic_config'],
      ...nodes.map(({ erlangName }, index): [string, string] => [
        `cluster_formation.classic_config.nodes.${index + 1}`,
        erlangName,
      ]),
    );
  }
  return settings.map(([name, value]) => `${name} = ${value}\n`).join('');
}

/** What the packages' start script reads. */
export function environmentOf(
  { inside }: Enclosure,
  { nameServerPort, areApart }: ClusterPlan,
  { erlangName, folder, host, ports }: NodePlan,
): Readonly<Record<string, string>> {
  const own = join(inside, folder);
  return {
    // The cookie is here, one for all nodes.
    HOME: inside,
    ERL_EPMD_PORT: String(nameServerPort),
    ERL_EPMD_ADDRESS: host,
    ACKMARK_LOOK_UP_ADDRESS: host,
    ACKMARK_LOOK_UP_PORT: String(ports.lookUp),
    RABBITMQ_NODENAME: erlangName,
    // A name that ends with an address is a long one.
    ...(areApart ? { RABBITMQ_USE_LONGNAME: 'true' } : {}),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_MNESIA_BASE: join(own, 'data'),
    RABBITMQ_MNESIA_DIR: join(own, 'data', 'node'),
    RABBITMQ_LOG_BASE: join(own, 'log'),
    RABBITMQ_CONFIG_FILE: join(own, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(inside, 'enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    // The start script takes this apart at spaces.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: [
      `-kernel inet_dist_use_interface {${host.replaceAll('.', ',')}}`,
      // RabbitMQ 3.10 does not know the name that this has in the configuration of later ones.
      `-aten poll_interval ${doubtMs}`,
      `-eval file:eval("${join(inside, 'look-up.erl')}")`,
    ].join(' '),
  };
}
