import { addressesOf, type RabbitAddress } from '../../../engines/rabbitmq/address.ts';
import { exchangeOf } from '../../../engines/rabbitmq/deployment.ts';
import type { Prepared } from '../workload.ts';
import type { JavaCommand } from './java-loop.ts';
import type { Interval } from './timed.ts';
import type { MavenTool } from './maven-tool.ts';

/** A benchmark tool of the vendor, to be run on the same destination as the harness. */
export interface BesideTool {
  readonly name: string;
  /** The system of the bench that it is compared on. */
  readonly system: string;
  readonly title: string;
  readonly tool: MavenTool;
  /** How many messages the harness sends in its run; a quarter of them warms it up. */
  readonly messages: number;
  /** As it says itself, for the reader. */
  readonly command: (prepared: Prepared) => Omit<JavaCommand, 'classPath'>;
}

/** RabbitMQ PerfTest prints a line a second: `…, time 3.000 s, sent: 25123 msg/s, …, confirmed: 25010 msg/s, …`. */
export function perfTestInterval(): (line: string) => Interval | undefined {
  let beforeSeconds = 0;
  return (line) => {
    const [, time] = /, time (\d+\.\d+) s,/.exec(line) ?? [];
    const [, confirmed] = /, confirmed: (\d+(?:\.\d+)?) msg\/s/.exec(line) ?? [];
    if (time === undefined) return undefined;
    const seconds = Number(time) - beforeSeconds;
    beforeSeconds = Number(time);
    return { messages: Number(confirmed ?? 0) * seconds, seconds };
  };
}

/** Kafka's tool prints `49933 records sent, 9986.6 records/sec (9.75 MB/sec), …` for each interval. */
export function producerPerformanceInterval(line: string): Interval | undefined {
  const [, sent, rate] = /^(\d+) records sent, (\d+(?:\.\d+)?) records\/sec/.exec(line) ?? [];
  if (sent === undefined || rate === undefined || Number(rate) === 0) return undefined;
  return { messages: Number(sent), seconds: Number(sent) / Number(rate) };
}

function uriOf({ protocol, hostname, port, username, password, vhost }: RabbitAddress): string {
  const [user, secret, host] = [username, password, vhost].map(encodeURIComponent);
  return `${protocol}://${user}:${secret}@${hostname}:${port}/${host}`;
}

export const besideTools: readonly BesideTool[] = [
  {
    name: 'rabbitmq-perf-test',
    system: 'rabbitmq',
    title: 'RabbitMQ PerfTest 2.22.1',
    tool: { group: 'com.rabbitmq', artifact: 'perf-test', version: '2.22.1' },
    messages: 300_000,
    command: ({ target, deployed, workload }) => {
      const [destination] = deployed.topology.destinations;
      const [address] = addressesOf(target);
      if (destination === undefined || address === undefined) throw new Error('no destination');
      return {
        main: 'com.rabbitmq.perf.PerfTest',
        connection: ['--uri', uriOf(address), '--exchange', exchangeOf(destination)],
        settings: [
          ['--producers', '1', '--consumers', '0'],
          ['--predeclared', '--type', 'fanout'],
          ['--size', `${workload.payloadBytes}`, '--confirm', `${workload.window}`],
          ['--flag', 'persistent', '--flag', 'mandatory'],
          ['--interval', '1'],
        ].flat(),
        intervalOf: perfTestInterval(),
      };
    },
  },
  {
    name: 'kafka-java',
    system: 'kafka',
    title: 'kafka-producer-perf-test of Apache Kafka 4.4.0',
    tool: { group: 'org.apache.kafka', artifact: 'kafka-tools', version: '4.4.0' },
    messages: 600_000,
    command: ({ target, deployed, workload }) => {
      const [destination] = deployed.topology.destinations;
      if (destination === undefined) throw new Error('no destination');
      const { batch, payloadBytes, scopes, window } = { ...workload, scopes: destination.scopes };
      return {
        main: 'org.apache.kafka.tools.ProducerPerformance',
        connection: ['--bootstrap-server', target.address, '--topic', destination.name],
        settings: [
          ['--num-records', '1000000000', '--throughput', '-1'],
          ['--record-size', `${payloadBytes}`, '--reporting-interval', '1000'],
          ['--command-property', 'acks=1', 'enable.idempotence=false', 'linger.ms=5'],
          [`buffer.memory=${window * payloadBytes}`],
          // The harness sends a batch to all partitions in turn; a batch of this tool is of one partition.
          [`batch.size=${Math.ceil((batch * payloadBytes) / scopes)}`],
          ['max.in.flight.requests.per.connection=5'],
        ].flat(),
        intervalOf: producerPerformanceInterval,
      };
    },
  },
];
