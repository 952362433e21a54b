import process from 'node:process';
import type { Consumer, Producer, Session } from '../../../engines/engine.ts';
import type { FixedService } from './engine.ts';

/** A session whose sends and settlements take fixed CPU, and whose messages leave after a fixed time. */
export function openFixedSession(inner: Session, service: FixedService): Session {
  return {
    producer: async (spec, sink) => slowSends(given(await inner.producer?.(spec, sink)), service),
    consumer: async (spec, sink) =>
      slowSettlements(given(await inner.consumer?.(spec, sink)), service),
    close: () => inner.close(),
  };
}

function given<T>(half: T | undefined): T {
  if (half === undefined) throw new Error('the session lacks a half');
  return half;
}

function slowSends(inner: Producer, { cpuMicros, tookMs }: FixedService): Producer {
  const underWay = new Set<Promise<void>>();
  const left = async (): Promise<void> => {
    await Promise.all(underWay);
    await inner.flush();
  };
  return {
    send: (batch) => {
      takeCpu(batch.length * cpuMicros);
      // The caller takes the batch back as soon as this returns.
      const own = batch.map((message) => ({ ...message, body: Buffer.from(message.body) }));
      const leaving = new Promise<void>((resolve) => {
        setTimeout(() => {
          inner.send(own);
          resolve();
        }, tookMs);
      });
      underWay.add(leaving);
      void leaving.then(() => underWay.delete(leaving));
    },
    flush: left,
    close: async () => {
      await left();
      await inner.close();
    },
  };
}

function slowSettlements(inner: Consumer, { cpuMicros }: FixedService): Consumer {
  return {
    ...inner,
    settle: (ticket, of, how) => {
      takeCpu(of.length * cpuMicros);
      inner.settle(ticket, of, how);
    },
  };
}

/** Spins until this thread has had so much CPU: what others take of the core does not count. */
function takeCpu(micros: number): void {
  const begin = process.threadCpuUsage();
  let used = 0;
  while (used < micros) {
    const { user, system } = process.threadCpuUsage(begin);
    used = user + system;
  }
}
