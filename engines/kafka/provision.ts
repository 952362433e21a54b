import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { definedEntries } from '../../harness/core/defined-entries.ts';
import { AckmarkError, describeError, invariant } from '../../harness/core/errors.ts';
import { allStarted } from '../all-started.ts';
import type { Target } from '../engine.ts';
import type {
  BrokerNode,
  Provisioned,
  Provisioner,
  ProvisionHost,
  ProvisionRequest,
} from '../provisioner.ts';
import {
  type ClusterPlan,
  hasOwnController,
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

const fetchMs = 10 * 60_000;
const probeMs = 30_000;
const formatMs = 120_000;

/** Two coordinates bring the broker and a logger, without which "Kafka Server started" is never said. */
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ackmark</groupId><artifactId>kafka-broker</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId>
      <version>${version}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId>
      <version>2.25.5</version>
    </dependency>
  </dependencies>
</project>
`;

export const kafkaProvisioner: Provisioner = { fetch, up };

async function fetch(host: ProvisionHost): Promise<void> {
  const destination = libraryDirectory(host);
  await mkdir(host.cacheDirectory, { recursive: true });
  const directory = await mkdtemp(join(host.cacheDirectory, '.kafka-fetch-'));
  try {
    await probe(
      host,
      directory,
      'java',
      ['-version'],
      'Install a Java runtime of version 17 or newer.',
    );
    if (await isFilled(destination)) return;
    await probe(
      host,
      directory,
      'mvn',
      ['-version'],
      'Install Apache Maven; it fetches the broker.',
    );
    host.note(`fetching ${title} with Maven`);
    await writeFile(join(directory, 'pom.xml'), pom);
    await copyDependencies(host, directory);
    await publish(join(directory, 'lib'), destination);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function copyDependencies(host: ProvisionHost, directory: string): Promise<void> {
  try {
    await host.run(
      {
        name: `fetch ${title}`,
        command: 'mvn',
        arguments: [
          '-B',
          '-q',
          'dependency:copy-dependencies',
          '-DincludeScope=runtime',
          '-DoutputDirectory=lib',
        ],
        directory,
        environment: definedEntries(host.environment),
        logFile: join(directory, 'fetch.log'),
      },
      fetchMs,
    );
  } catch (cause) {
    if (host.signal.aborted) throw cause;
    throw new AckmarkError('FETCH_FAILED', `Maven could not fetch ${title}`, {
      hint: 'Check that Maven reaches a repository: its settings.xml, a mirror, or a proxy.',
      cause,
    });
  }
}

/** Another process may have published the same files meanwhile; then ours are not needed. */
async function publish(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (cause) {
    if (await isFilled(to)) return;
    throw new AckmarkError('FETCH_FAILED', `cannot put the broker into ${to}`, {
      hint: 'Check that the cache directory is writable and has 50 MB free.',
      cause,
    });
  }
}

async function probe(
  host: ProvisionHost,
  directory: string,
  command: string,
  args: readonly string[],
  hint: string,
): Promise<void> {
  try {
    await host.run(
      {
        name: `look for ${command}`,
        command,
        arguments: args,
        directory,
        environment: definedEntries(host.environment),
        logFile: join(directory, `${command}.log`),
      },
      probeMs,
    );
  } catch (cause) {
    if (host.signal.aborted) throw cause;
    throw new AckmarkError(
      'TARGET_UNAVAILABLE',
      `a local Kafka needs ${command}: ${describeError(cause)}`,
      { hint, cause },
    );
  }
}

async function up(host: ProvisionHost, request: ProvisionRequest): Promise<Provisioned> {
  invariant(request.proxies.length === request.nodes, 'one proxy address for each node');
  const plan = await planCluster(request, () => host.freePort());
  const [controllers, nodes] = await Promise.all([
    Promise.all(hasOwnController(plan) ? [prepareController(host, plan)] : []),
    Promise.all(plan.nodes.map((node) => prepareNode(host, plan, node))),
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
    target: targetAt(plan.nodes.map(({ ports }) => `127.0.0.1:${ports.direct}`)),
    proxied: targetAt(request.proxies.map(({ host: name, port }) => `${name}:${port}`)),
    upstreams: plan.nodes.map(({ ports }) => ({ host: '127.0.0.1', port: ports.proxied })),
    nodes: nodes satisfies readonly BrokerNode[],
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
  const { properties, java } = await prepare(host, plan, node, nodeProperties(plan, node));
  return new KafkaNode(host, node, properties, java);
}

async function prepareController(host: ProvisionHost, plan: ClusterPlan): Promise<KafkaController> {
  const { controller } = plan;
  const { properties, java } = await prepare(host, plan, controller, controllerProperties(plan));
  return new KafkaController(host, controller.directory, properties, java);
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
    classPath: join(libraryDirectory(host), '*'),
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

function libraryDirectory(host: ProvisionHost): string {
  return join(host.cacheDirectory, `kafka-${version}`);
}

async function isFilled(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).some((name) => name.endsWith('.jar'));
  } catch {
    // Not there yet, which is what was asked.
    return false;
  }
}
