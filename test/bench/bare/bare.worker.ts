/** The bare publish loops that the harness is compared with, each as its client's users would write it. */
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import type { BareClient, BareData } from './bare-loop.ts';
import type { LoopResult } from '../pairs.ts';
import { warmupShare } from '../workload.ts';
import type { Open } from './open.ts';

const data = workerData as BareData;
const { messages, window, batch, payloadBytes } = data.workload;
const body = Buffer.alloc(payloadBytes, 0x5a);

/** Each loads its client alone. */
const clients: Readonly<Record<BareClient, () => Promise<Open>>> = {
  session: async () => (await import('./session.ts')).openSession,
  kafka: async () => (await import('./kafka.ts')).openKafka,
  rabbitmq: async () => (await import('./rabbitmq.ts')).openRabbit,
  nats: async () => (await import('./nats.ts')).openNats,
  redis: async () => (await import('./redis.ts')).openRedis,
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
  const open = await clients[data.client]();
  const client = await open(data, body, (count) => {
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
