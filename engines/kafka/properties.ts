import {
  type ClusterPlan,
  type ControllerPlan,
  hasOwnControllers,
  leastSessionTimeoutMs,
  type NodePlan,
} from './cluster-plan.ts';

/**
 * A broker, and where it is the only one its controller too. Replication has a listener of its own, so that the fault
 * proxy never touches it. The flush settings stay Kafka's: an acknowledgement means page cache, not disk.
 */
export function nodeProperties(plan: ClusterPlan, node: NodePlan): string {
  const copies = Math.min(3, plan.nodes.length);
  const insync = Math.min(2, copies);
  const { host, ports, proxy } = node;
  const listeners = {
    DIRECT: `${host}:${ports.direct}`,
    PROXIED: `${host}:${ports.proxied}`,
    INTERNAL: `${host}:${ports.internal}`,
  };
  const advertised = { ...listeners, PROXIED: `${proxy.host}:${proxy.port}` };
  return lines({
    ...(hasOwnControllers(plan)
      ? { 'process.roles': 'broker', listeners: joined(listeners) }
      : {
          'process.roles': 'broker,controller',
          listeners: `${joined(listeners)},${controllerListener(plan.controllers[0])}`,
        }),
    'node.id': node.id,
    ...quorum(plan),
    'advertised.listeners': joined(advertised),
    'listener.security.protocol.map': [...Object.keys(listeners), 'CONTROLLER']
      .map((name) => `${name}:PLAINTEXT`)
      .join(','),
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

/** A controller of several brokers; what it keeps is small, and no client speaks to it. */
export function controllerProperties(plan: ClusterPlan, controller: ControllerPlan): string {
  const { id, dataDirectory } = controller;
  return lines({
    'process.roles': 'controller',
    listeners: controllerListener(controller),
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT',
    'node.id': id,
    ...quorum(plan),
    'log.dirs': dataDirectory,
    ...failover,
    ...gathered,
    ...small,
  });
}

function controllerListener({ host, port }: ControllerPlan): string {
  return `CONTROLLER://${host}:${port}`;
}

function quorum({ controllers }: ClusterPlan): Readonly<Record<string, string>> {
  return {
    'controller.quorum.voters': controllers
      .map(({ id, host, port }) => `${id}@${host}:${port}`)
      .join(','),
    'controller.listener.names': 'CONTROLLER',
  };
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
