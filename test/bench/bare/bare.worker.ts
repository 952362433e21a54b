/** The bare publish loops that the harness is compared with, each as its client's users would write it. */
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import type { BareClient, BareData } from './bare-loop.ts';
import type { LoopResult } from '../pairs.ts';
import { warmupShare } from '../workload.ts';
import type { Open } from './open.ts';

const data = workerData as BareData;
const { messages, window, batch, payloadBytes } = data.workload;
/**
 * A body for each message in flight, in memory of its own, as whoever publishes messages that differ has: one for all
 * would never leave the processor's cache, neither for the client's own copy nor for the system call.
 */
const bodies = Array.from({ length: window + batch }, () => Buffer.alloc(payloadBytes, 0x5a));
const bodyOf = (message: number): Buffer => bodies[message % bodies.length] as Buffer;

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
  let cpuWarm: NodeJS.CpuUsage | undefined;
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
  const client = await open(data, bodyOf, (count) => {
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
      if (sent >= warm) cpuWarm ??= process.threadCpuUsage();
      client.publish(sent, count);
      sent += count;
    }
  };
  pump();
  const endNs = await finished;
  const cpu = process.threadCpuUsage(cpuWarm);
  await client.close();
  return {
    messagesPerSecond: ((messages - warm) * 1e9) / Number(endNs - warmNs),
    cpuMicrosPerMessage: (cpu.user + cpu.system) / (messages - warm),
  };
}

parentPort?.postMessage(await run());
