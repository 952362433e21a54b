import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answersApiVersions } from '../../../engines/kafka/api-versions-probe.ts';
import { planCluster } from '../../../engines/kafka/cluster-plan.ts';
import { javaOptions } from '../../../engines/kafka/java.ts';
import { logConfiguration, nodeProperties } from '../../../engines/kafka/properties.ts';
import { kafkaProvisioner } from '../../../engines/kafka/provision.ts';
import type { ProcessSpec, ProvisionHost } from '../../../engines/provisioner.ts';
import { definedEntries } from '../../../harness/core/defined-entries.ts';
import { type Certificates, makeCertificates } from '../external/certificates.ts';
import { liveHost } from '../rabbitmq/live-broker.ts';

const formatMs = 120_000;
const readyMs = 120_000;
const graceMs = 8_000;

interface Ports {
  readonly saslSsl: number;
  readonly mutual: number;
  readonly misnamed: number;
  readonly plain: number;
}

export interface SecureKafka {
  readonly certificates: Certificates;
  /** Of the listeners, all on the loopback interface. Those with TLS advertise `localhost`, but for `misnamed`. */
  readonly ports: Ports;
  stop(): Promise<void>;
}

/**
 * One KRaft node with a listener for TLS and a login, one for client certificates, one that tells its clients an address
 * which its certificate does not have, and one in the clear.
 */
export async function startSecureKafka(user: string, password: string): Promise<SecureKafka> {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-secure-kafka-'));
  const certificates = makeCertificates(directory);
  const { host, close } = liveHost(directory);
  await kafkaProvisioner.fetch(host);
  const mutual = await host.freePort();
  const misnamed = await host.freePort();
  const proxies = [{ host: 'localhost', port: mutual }];
  const request = { nodes: 1, settings: {}, directory, proxies };
  const plan = await planCluster(request, () => host.freePort());
  const [node] = plan.nodes;
  if (node === undefined) throw new Error('a plan of no nodes');
  const ports = { saslSsl: node.ports.proxied, mutual, misnamed, plain: node.ports.direct };
  mkdirSync(node.dataDirectory, { recursive: true });
  writeFileSync(
    join(directory, 'server.properties'),
    nodeProperties(plan, node) +
      listenersOf({
        ...ports,
        internal: node.ports.internal,
        controller: plan.controllers[0].port,
      }) +
      securityOf(directory, certificates, user, password),
  );
  await format(host, directory, plan.clusterId, { user, password });
  const broker = await host.start({
    name: 'a Kafka with TLS',
    ...javaIn(host, directory, 256, ['kafka.Kafka', 'server.properties']),
    logFile: join(directory, 'broker.log'),
  });
  const stop = async (): Promise<void> => {
    await broker.stop(graceMs);
    close();
    rmSync(directory, { recursive: true, force: true });
  };
  const isReady = async (): Promise<boolean> =>
    (await broker.logged('Kafka Server started')) &&
    (await answersApiVersions('127.0.0.1', ports.plain));
  try {
    await broker.ready(isReady, readyMs);
  } catch (error) {
    await stop();
    throw error;
  }
  return { certificates, ports, stop };
}

/** The login of SCRAM is part of the cluster's first records. */
async function format(
  host: ProvisionHost,
  directory: string,
  clusterId: string,
  { user, password }: { readonly user: string; readonly password: string },
): Promise<void> {
  writeFileSync(join(directory, 'log4j2.properties'), logConfiguration);
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${user},password=${password}]`,
  ]);
  const tool = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', 'server.properties'];
  await host.run(
    {
      name: 'format a log directory',
      ...javaIn(host, directory, 96, [...tool, ...scram]),
      logFile: join(directory, 'format.log'),
    },
    formatMs,
  );
}

function javaIn(
  { cacheDirectory, environment }: ProvisionHost,
  directory: string,
  megabytes: number,
  argv: readonly string[],
): Pick<ProcessSpec, 'command' | 'arguments' | 'directory' | 'environment'> {
  const java = {
    classPath: join(cacheDirectory, 'kafka-4.4.0', '*'),
    loggingFile: join(directory, 'log4j2.properties'),
    environment: definedEntries(environment),
  };
  const options = javaOptions(java, megabytes);
  return {
    command: 'java',
    arguments: [...options, ...argv],
    directory,
    environment: java.environment,
  };
}

/** Names as the engine's own configuration has them, and one more; of the same keys the last counts. */
function listenersOf(
  ports: Ports & { readonly internal: number; readonly controller: number },
): string {
  const { saslSsl, mutual, misnamed, plain, internal, controller } = ports;
  const odd = `MISNAMED://127.0.0.1:${misnamed}`;
  const open = `DIRECT://127.0.0.1:${plain},INTERNAL://127.0.0.1:${internal}`;
  return [
    `listeners=PROXIED://127.0.0.1:${saslSsl},MUTUAL://127.0.0.1:${mutual},${odd},${open},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=PROXIED://localhost:${saslSsl},MUTUAL://localhost:${mutual},${odd},${open}`,
    'listener.security.protocol.map=PROXIED:SASL_SSL,MUTUAL:SSL,MISNAMED:SSL,DIRECT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    '',
  ].join('\n');
}

function securityOf(
  directory: string,
  { ca, server }: Certificates,
  user: string,
  password: string,
): string {
  const keystore = join(directory, 'keystore.pem');
  writeFileSync(
    keystore,
    readFileSync(server.key, 'utf8') + readFileSync(server.certificate, 'utf8'),
  );
  const login = 'org.apache.kafka.common.security';
  return [
    'ssl.keystore.type=PEM',
    `ssl.keystore.location=${keystore}`,
    'ssl.truststore.type=PEM',
    `ssl.truststore.location=${ca}`,
    'listener.name.mutual.ssl.client.auth=required',
    'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    `listener.name.proxied.plain.sasl.jaas.config=${login}.plain.PlainLoginModule required user_${user}="${password}";`,
    `listener.name.proxied.scram-sha-256.sasl.jaas.config=${login}.scram.ScramLoginModule required;`,
    `listener.name.proxied.scram-sha-512.sasl.jaas.config=${login}.scram.ScramLoginModule required;`,
    '',
  ].join('\n');
}
