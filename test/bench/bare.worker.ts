/** The bare publish loops that the harness is compared with, each as its client's users would write it. */
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import type { BareClient, BareData } from './bare-loop.ts';
import type { LoopResult } from './pairs.ts';
import { scopes, warmupShare } from './workload.ts';

const data = workerData as BareData;
const { messages, window, batch, payloadBytes } = data.workload;
const body = Buffer.alloc(payloadBytes, 0x5a);

/** Opens the client and returns how to publish a batch and how to leave. */
type Open = (acknowledged: (count: number) => void) => Promise<{
  publish(first: number, count: number): void;
  close(): Promise<void>;
}>;

const openSession: Open = async (acknowledged) => {
  const { default: engine } = await import(data.module);
  const session = await engine.connect(data.target, data.options, {
    name: 'bare',
    nowNs: () => Number(process.hrtime.bigint()),
    random: () => 0.5,
    signal: new AbortController().signal,
  });
  const producer = await session.producer(
    { deployed: data.deployed },
    {
      settled: () => acknowledged(1),
      returned: () => undefined,
      writable: () => undefined,
      disconnected: (error: unknown) => {
        throw error;
      },
    },
  );
  const pool = Array.from({ length: batch }, () => ({
    ticket: 0,
    destination: 0,
    key: undefined,
    partition: 0,
    group: undefined,
    deduplicationId: undefined,
    headers: undefined,
    delayMs: 0,
    body,
  }));
  return {
    publish: (first, count) => {
      for (let i = 0; i < count; i += 1) {
        const message = pool[i];
        if (message === undefined) continue;
        message.ticket = first + i;
        message.partition = (first + i) % scopes;
      }
      producer.send(count === batch ? pool : pool.slice(0, count));
    },
    close: async () => {
      await producer.close();
      await session.close();
    },
  };
};

const openKafka: Open = async (acknowledged) => {
  const { ProduceAcks, Producer } = await import('@platformatic/kafka');
  const producer = new Producer({
    clientId: 'bare',
    bootstrapBrokers: data.target.address.split(','),
    maxInflights: 5,
    acks: ProduceAcks.LEADER,
    idempotent: false,
    autocreateTopics: false,
  });
  const topic = data.deployed.topology.destinations[0]?.name ?? '';
  await producer.metadata({ topics: [topic] });
  return {
    publish: (first, count) => {
      const batched = Array.from({ length: count }, (_, i) => ({
        topic,
        partition: (first + i) % scopes,
        value: body,
      }));
      producer.send({ messages: batched, acks: ProduceAcks.LEADER }, (error) => {
        if (error !== null) throw error;
        acknowledged(count);
      });
    },
    close: () => producer.close(true),
  };
};

const openRabbit: Open = async (acknowledged) => {
  const { connect } = await import('amqplib');
  const { addressesOf } = await import('../../engines/rabbitmq/address.ts');
  const { exchangeOf } = await import('../../engines/rabbitmq/deployment.ts');
  const { rabbitOptions } = await import('../../engines/rabbitmq/options.ts');
  const [address] = addressesOf(data.target);
  if (address === undefined) throw new Error('no node');
  const connection = await connect(address, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  const [destination] = data.deployed.topology.destinations;
  if (destination === undefined) throw new Error('no destination');
  const exchange = exchangeOf(destination);
  // As the profile publishes.
  const properties = rabbitOptions.parse(data.options);
  const publishing = { persistent: properties.persistent, mandatory: properties.mandatory };
  const confirmed = (error: unknown): void => {
    if (error !== null && error !== undefined) throw error;
    acknowledged(1);
  };
  return {
    publish: (_first, count) => {
      for (let i = 0; i < count; i += 1) {
        channel.publish(exchange, '', body, publishing, confirmed);
      }
    },
    close: () => connection.close(),
  };
};

const clients: Readonly<Record<BareClient, Open>> = {
  session: openSession,
  kafka: openKafka,
  rabbitmq: openRabbit,
};

async function run(): Promise<LoopResult> {
  let sent = 0;
  let acknowledged = 0;
  let warmNs = 0n;
  const warm = Math.floor(messages * warmupShare);
  let done: (atNs: bigint) => void = () => undefined;
  const finished = new Promise<bigint>((resolve) => {
    done = resolve;
  });
  let isPumpPlanned = false;
  const planPump = (): void => {
    if (isPumpPlanned) return;
    isPumpPlanned = true;
    setImmediate(pump);
  };
  const client = await clients[data.client]((count) => {
    const before = acknowledged;
    acknowledged += count;
    if (before < warm && acknowledged >= warm) warmNs = process.hrtime.bigint();
    if (acknowledged === messages) done(process.hrtime.bigint());
    planPump();
  });
  const pump = (): void => {
    isPumpPlanned = false;
    while (sent < messages) {
      const count = Math.min(batch, messages - sent, window - (sent - acknowledged));
      if (count < Math.min(batch, messages - sent)) return;
      client.publish(sent, count);
      sent += count;
    }
  };
  const cpuBefore = process.threadCpuUsage();
  pump();
  const endNs = await finished;
  const cpu = process.threadCpuUsage(cpuBefore);
  await client.close();
  return {
    messagesPerSecond: ((messages - warm) * 1e9) / Number(endNs - warmNs),
    cpuMicrosPerMessage: (cpu.user + cpu.system) / messages,
  };
}

parentPort?.postMessage(await run());
