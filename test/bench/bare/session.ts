import process from 'node:process';
import { scopes } from '../workload.ts';
import type { Open } from './open.ts';

/** The client of an embedded engine is the engine's own. */
export const openSession: Open = async (data, bodyOf, acknowledged) => {
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
  const { batch } = data.workload;
  const pool = Array.from({ length: batch }, () => ({
    ticket: 0,
    destination: 0,
    key: undefined,
    partition: 0,
    group: undefined,
    deduplicationId: undefined,
    headers: undefined,
    delayMs: 0,
    body: bodyOf(0),
  }));
  return {
    publish: (first, count) => {
      for (let i = 0; i < count; i += 1) {
        const message = pool[i];
        if (message === undefined) continue;
        message.ticket = first + i;
        message.body = bodyOf(first + i);
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
