import { asItIs, type BuiltInSuite } from './suite.ts';

/** One profile of each real cluster that claims to survive the loss of a node. */
const replicated = ['kafka@acks-all', 'rabbitmq@quorum', 'nats@jetstream'];

/** Strikes the nodes of real clusters, five times where a leader dies and nothing may be lost: 40 cells. */
export const clusters: BuiltInSuite = {
  engines: [
    'kafka@acks-1',
    'kafka@acks-all',
    'kafka@acks-all-min-1',
    'kafka@unclean',
    'kafka@acks-all-no-retries',
    'kafka@transactional',
    'kafka@keyed-effects',
    'rabbitmq@quorum',
    'rabbitmq@transient',
    'rabbitmq@auto-ack',
    'nats@jetstream',
    'nats@core',
    'redis@everysec',
    'redis@wait',
  ],
  target: 'local',
  controls: false,
  scenarios: [
    // First, because these have clusters of their own, which go before the others come.
    { ...asItIs('controller-crash'), engines: ['kafka@acks-all'] },
    {
      ...asItIs('node-partition'),
      engines: ['kafka@acks-1', ...replicated, 'redis@everysec'],
    },
    { ...asItIs('leader-crash'), engines: ['kafka@acks-all', 'rabbitmq@quorum'], rounds: 5 },
    { ...asItIs('leader-crash'), engines: ['kafka@acks-1', 'nats@jetstream'], rounds: 1 },
    { ...asItIs('leader-pause'), engines: ['kafka@acks-1', ...replicated] },
    // The brokers take some seconds to strike their followers off: the load must last longer.
    {
      ...asItIs('below-min-in-sync'),
      engines: ['kafka@acks-all-no-retries'],
      messages: 40_000,
      // A client that asks a node that stands still for the new leader of another partition has no time for refusals.
      load: { partitions: '1' },
    },
    {
      ...asItIs('all-nodes-crash'),
      engines: [...replicated, 'rabbitmq@transient', 'redis@everysec'],
    },
    // Whether who stands alone acknowledges all the same. Kafka takes some seconds to strike its followers off.
    {
      ...asItIs('lone-leader-crash'),
      engines: ['kafka@acks-all-min-1', 'kafka@unclean', 'redis@wait'],
      messages: 32_000,
    },
    // The last node, too, must meet the load, and Kafka's take half a minute each on a busy machine.
    { ...asItIs('rolling-restart'), engines: ['kafka@acks-all'], rate: 400, messages: 40_000 },
    // Of Kafka a node that is asked to end is drained, so that a rolling restart drains each.
    { ...asItIs('drain-node'), engines: ['rabbitmq@quorum'] },
    { ...asItIs('coordinator-crash'), engines: ['kafka@transactional'] },
    {
      ...asItIs('consumer-crash'),
      engines: ['rabbitmq@auto-ack', 'nats@core'],
    },
    { ...asItIs('zombie-producer'), engines: ['kafka@transactional'], load: { nodes: '3' } },
    { ...asItIs('lost-response'), engines: ['kafka@acks-all'], load: { nodes: '3' } },
    {
      ...asItIs('transform-effect'),
      engines: ['kafka@transactional', 'kafka@keyed-effects'],
      load: { nodes: '3' },
    },
  ],
};
