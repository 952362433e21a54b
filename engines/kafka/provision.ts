import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { definedEntries } from '../../harness/core/defined-entries.ts';
import { invariant } from '../../harness/core/errors.ts';
import { allStarted } from '../all-started.ts';
import { hostOf } from '../node-process.ts';
import type { Target } from '../engine.ts';
import { classPathOf, fetchJars, type Jars } from '../maven/jars.ts';
import type {
  BrokerNode,
  Provisioned,
  Provisioner,
  ProvisionHost,
  ProvisionRequest,
} from '../provisioner.ts';
import {
  type ClusterPlan,
  type ControllerPlan,
  hasOwnControllers,
  leastSessionTimeoutMs,
  type NodePlan,
  planCluster,
} from './cluster-plan.ts';
import { KafkaController } from './controller.ts';
import { type JavaSetup, javaOptions } from './java.ts';
import { KafkaNode } from './node.ts';
import { controllerProperties, logConfiguration, nodeProperties } from './properties.ts';

const version = '4.4.0';
const title = `Apache Kafka ${version}`;

const formatMs = 120_000;

/** Two coordinates bring the broker and a logger, without which "Kafka Server started" is never said. */
const jars: Jars = {
  title,
  name: 'a local Kafka',
  directory: `kafka-${version}`,
  coordinates: [
    `org.apache.kafka:kafka_2.13:${version}`,
    'org.apache.logging.log4j:log4j-slf4j-impl:2.25.5',
  ],
};

export const kafkaProvisioner: Provisioner = { fetch: (host) => fetchJars(host, jars), up };

async function up(host: ProvisionHost, request: ProvisionRequest): Promise<Provisioned> {
  invariant(request.proxies.length === request.nodes, 'one proxy address for each node');
  const plan = await planCluster(request, () => host.freePort());
  const [controllers, nodes] = await Promise.all([
    Promise.all(
      hasOwnControllers(plan)
        ? plan.controllers.map((controller) =>
            prepareController(hostOf(host, request, plan.nodes.length), plan, controller),
          )
        : [],
    ),
    Promise.all(
      plan.nodes.map((node, index) => prepareNode(hostOf(host, request, index), plan, node)),
    ),
  ]);
  const all = [...controllers, ...nodes];
  const stopAll = async (): Promise<void> => {
    // Brokers say goodbye to the controller.
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all(controllers.map((controller) => controller.stop()));
  };
  try {
    await allStarted(all.map((process) => process.start()));
  } catch (error) {
    await stopAll();
    throw error;
  }
  return {
    target: targetAt(plan.nodes.map(({ host: name, ports }) => `${name}:${ports.direct}`)),
    proxied: targetAt(request.proxies.map(({ host: name, port }) => `${name}:${port}`)),
    upstreams: plan.nodes.map(({ host: name, ports }) => ({ host: name, port: ports.proxied })),
    nodes: nodes satisfies readonly BrokerNode[],
    ...(controllers.length > 1 ? { controllers } : {}),
    down: stopAll,
  };
}

function targetAt(addresses: readonly string[]): Target {
  return {
    kind: 'local',
    title,
    address: addresses.join(','),
    nodes: addresses.length,
    settings: { leastSessionTimeoutMs: String(leastSessionTimeoutMs) },
  };
}

async function prepareNode(
  host: ProvisionHost,
  plan: ClusterPlan,
  node: NodePlan,
): Promise<KafkaNode> {
  const prepared = await prepare(host, plan, node, nodeProperties(plan, node));
  return new KafkaNode(host, node, plan.nodes.length, prepared);
}

async function prepareController(
  host: ProvisionHost,
  plan: ClusterPlan,
  controller: ControllerPlan,
): Promise<KafkaController> {
  const prepared = await prepare(host, plan, controller, controllerProperties(plan, controller));
  const brokers = plan.nodes.map(({ host: name, ports }) => ({ host: name, port: ports.direct }));
  return new KafkaController(host, controller, brokers, prepared);
}

/** Writes the configuration of one process and formats its log directory. */
async function prepare(
  host: ProvisionHost,
  { clusterId }: ClusterPlan,
  { directory, dataDirectory }: { readonly directory: string; readonly dataDirectory: string },
  configuration: string,
): Promise<{ readonly properties: string; readonly java: JavaSetup }> {
  await mkdir(dataDirectory, { recursive: true });
  const properties = join(directory, 'server.properties');
  const loggingFile = join(directory, 'log4j2.properties');
  await writeFile(properties, configuration);
  await writeFile(loggingFile, logConfiguration);
  const java = {
    classPath: classPathOf(host, jars),
    loggingFile,
    environment: definedEntries(host.environment),
  };
  await host.run(
    {
      name: 'format a log directory',
      command: 'java',
      arguments: [
        ...javaOptions(java, 96),
        'kafka.tools.StorageTool',
        'format',
        '-t',
        clusterId,
        '-c',
        properties,
      ],
      directory,
      environment: java.environment,
      logFile: join(directory, 'format.log'),
    },
    formatMs,
  );
  return { properties, java };
}
