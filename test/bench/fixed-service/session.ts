import type { Consumer, Outgoing, Producer, Session } from '../../../engines/engine.ts';
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

/** Sends of so long leave together: a group costs the channel as much as one message, which is not what is measured. */
const gatherMs = 10;

function slowSends(inner: Producer, { workRounds, tookMs }: FixedService): Producer {
  const underWay = new Set<Promise<void>>();
  let gathering: Outgoing[] | undefined;
  const left = async (): Promise<void> => {
    await Promise.all(underWay);
    await inner.flush();
  };
  const begin = (): Outgoing[] => {
    const group: Outgoing[] = [];
    setTimeout(() => {
      if (gathering === group) gathering = undefined;
    }, gatherMs);
    const leaving = new Promise<void>((resolve) => {
      setTimeout(() => {
        inner.send(group);
        resolve();
      }, tookMs);
    });
    underWay.add(leaving);
    void leaving.then(() => underWay.delete(leaving));
    return group;
  };
  return {
    send: (batch) => {
      work(batch.length * workRounds);
      gathering ??= begin();
      // The caller takes the batch back as soon as this returns.
      for (const message of batch) gathering.push({ ...message, body: Buffer.from(message.body) });
    },
    flush: left,
    close: async () => {
      await left();
      await inner.close();
    },
  };
}

function slowSettlements(inner: Consumer, { workRounds }: FixedService): Consumer {
  return {
    ...inner,
    settle: (ticket, of, how) => {
      work(of.length * workRounds);
      inner.settle(ticket, of, how);
    },
  };
}

/**
 * Work instead of time: the CPU clock of a thread moves in steps of some milliseconds, a clock on the wall counts what
 * others take of the core.
 */
function work(rounds: number): void {
  let state = 1;
  for (let round = 0; round < rounds; round += 1) state = Math.imul(state + 1, 1_664_525);
  lastState = state;
}

/** Kept, so that the work is not optimised away. */
let lastState = 0;
export const workState = (): number => lastState;
