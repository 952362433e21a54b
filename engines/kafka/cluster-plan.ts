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
    readonly controller: number;
  };
  /** What the proxied listener advertises. */
  readonly proxy: Endpoint;
}

export interface ClusterPlan {
  readonly clusterId: string;
  readonly nodes: readonly NodePlan[];
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
        controller: await freePort(),
      },
      proxy,
    });
  }
  return { clusterId, nodes };
}

/**
 * A node is broker and controller in one. Replication has a listener of its own, so that the fault proxy
 * never touches it. The flush settings stay Kafka's: an acknowledgement means page cache, not disk.
 */
export function nodeProperties(plan: ClusterPlan, node: NodePlan): string {
  const copies = Math.min(3, plan.nodes.length);
  const insync = Math.min(2, copies);
  const { ports, proxy } = node;
  const local = '127.0.0.1';
  const listeners = {
    DIRECT: `${local}:${ports.direct}`,
    PROXIED: `${local}:${ports.proxied}`,
    INTERNAL: `${local}:${ports.internal}`,
  };
  const advertised = { ...listeners, PROXIED: `${proxy.host}:${proxy.port}` };
  return lines({
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': plan.nodes
      .map(({ id, ports: { controller } }) => `${id}@${local}:${controller}`)
      .join(','),
    listeners: `${joined(listeners)},CONTROLLER://${local}:${ports.controller}`,
    'advertised.listeners': joined(advertised),
    'listener.security.protocol.map': [...Object.keys(listeners), 'CONTROLLER']
      .map((name) => `${name}:PLAINTEXT`)
      .join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'log.dirs': node.dataDirectory,
    'auto.create.topics.enable': false,
    'default.replication.factor': copies,
    'min.insync.replicas': insync,
    'offsets.topic.replication.factor': copies,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': insync,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': insync,
    'share.coordinator.state.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': leastSessionTimeoutMs,
    ...failover,
    ...(plan.nodes.length === 1 ? alone : gathered),
    ...small,
  });
}

/** A follower that has not caught up for so long is out of sync. */
export const lagMs = 5_000;
/** Of several brokers, one that is silent for so long is fenced. */
export const sessionMs = 3_000;

/** Short, so that a killed node is replaced (and one that comes back is let in) within seconds. */
const failover = {
  'controller.quorum.election.timeout.ms': 1_000,
  'controller.quorum.fetch.timeout.ms': 1_000,
  'replica.lag.time.max.ms': lagMs,
} as const;

/**
 * A broker that was killed may register again only when the controller has given its predecessor up. A
 * lone node's controller restarts with it, so nobody is fenced by mistake and the wait can be short.
 */
const alone = { 'broker.heartbeat.interval.ms': 200, 'broker.session.timeout.ms': 1_200 } as const;
const gathered = {
  'broker.heartbeat.interval.ms': 300,
  'broker.session.timeout.ms': sessionMs,
} as const;

/** What lets a broker live in a heap of 256 MB; the cleaner alone would take 128 MB. */
const small = {
  'log.cleaner.dedupe.buffer.size': 4_194_304,
  'num.network.threads': 2,
  'num.io.threads': 4,
  'background.threads': 2,
  'log.retention.check.interval.ms': 1_000,
  'log.cleaner.backoff.ms': 500,
  'log.initial.task.delay.ms': 500,
} as const;

export const logConfiguration = `status=error
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ISO8601} %p %m (%c)%n
rootLogger.level=info
rootLogger.appenderRef.console.ref=console
`;

function joined(listeners: Readonly<Record<string, string>>): string {
  return Object.entries(listeners)
    .map(([name, address]) => `${name}://${address}`)
    .join(',');
}

/** Java's properties files take a backslash for an escape. */
function lines(properties: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${String(value).replaceAll('\\', '\\\\')}\n`)
    .join('');
}
