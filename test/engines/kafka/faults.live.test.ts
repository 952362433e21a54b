import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokerCode, Code } from '../../../engines/kafka/outcomes.ts';
import { type TestProducer, until } from './live-actors.ts';
import { LiveCell, live, type LiveKafka, optionsOf, startKafka } from './live-kafka.ts';

/** The outcome table against reality: each fault as a real client meets it on a real broker. */
describe.skipIf(!live)('sends to a real Kafka under faults (needs ACKMARK_LIVE=1)', () => {
  let kafka: LiveKafka;
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka?.stop());

  const restarted = async (whileDown: () => Promise<void>): Promise<void> => {
    const [node] = kafka.up.nodes;
    await node?.kill();
    try {
      await whileDown();
    } finally {
      // The tests after this one need the broker, whatever became of this one.
      await node?.restart();
    }
  };

  /** Loses the answer to the next send; resolves once it has. */
  const loseOneAnswer = async (send: () => void): Promise<void> => {
    const lost = kafka.proxies.loseResponses({ times: 1, everyMs: 0, timeoutMs: 20_000 });
    send();
    expect((await lost).responsesSwallowed).toBe(1);
  };

  it('stores a message twice when its answer is lost and the client retries', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 1);
    const producer = await cell.producer(kafka.up.proxied);
    await producer.sendAndWait(['before']);
    await loseOneAnswer(() => producer.send(['twice']));
    await producer.producer.flush();
    expect([...producer.results.values()].map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
    const consumer = await cell.consumer();
    await consumer.receive(3);
    expect(consumer.bodies).toEqual(['before', 'twice', 'twice']);
    await cell.close();
  });

  it('stores it once when the producer is idempotent, and says how often it was sent', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('idempotent'), 1);
    const producer = await cell.producer(kafka.up.proxied);
    await producer.sendAndWait(['before']);
    let ticket = 0;
    await loseOneAnswer(() => {
      [ticket = 0] = producer.send(['once']);
    });
    producer.send(['after']);
    await producer.producer.flush();
    expect(producer.result(ticket)).toMatchObject({ outcome: 'ok', attempts: 2 });
    const consumer = await cell.consumer();
    await consumer.receive(3);
    expect(consumer.bodies).toEqual(['before', 'once', 'after']);
    await cell.close();
  });

  it('keeps a lane in order when sends go on while a lost answer is retried', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('idempotent'), 1);
    const producer = await cell.producer(kafka.up.proxied);
    await producer.sendAndWait(['0']);
    const lost = kafka.proxies.loseResponses({ times: 3, everyMs: 20, timeoutMs: 20_000 });
    let next = 1;
    const sender = setInterval(() => {
      producer.send([String(next)]);
      next += 1;
    }, 2);
    expect((await lost).responsesSwallowed).toBe(3);
    clearInterval(sender);
    await producer.producer.flush();
    const consumer = await cell.consumer();
    await consumer.receive(next);
    expect(consumer.bodies).toEqual(Array.from({ length: next }, (_, index) => String(index)));
    await cell.close();
  });

  it('calls a lost answer unknown when nobody retries, and the message is there', async () => {
    const cell = await LiveCell.open(kafka.up.target, { ...optionsOf('acks-all'), retries: 0 }, 1);
    const producer = await cell.producer(kafka.up.proxied);
    await loseOneAnswer(() => producer.send(['there']));
    await producer.producer.flush();
    expect(producer.result(1)).toMatchObject({ outcome: 'unknown', code: Code.network });
    const consumer = await cell.consumer();
    await consumer.receive(1);
    expect(consumer.bodies).toEqual(['there']);
    await cell.close();
  });

  it('calls a send to a broker that is down failed, because no byte could leave', async () => {
    const options = { ...optionsOf('acks-all'), retries: 2 };
    const cell = await LiveCell.open(kafka.up.target, options, 1);
    const producer = await cell.producer();
    await restarted(async () => {
      // Into a connection that has not heard of the kill yet bytes may still leave: unknown, and rightly so.
      await producer.sendAndWait(['farewell']);
      const [result] = await producer.sendAndWait(['nowhere']);
      expect(result?.outcome).toBe('fail');
      expect(result?.code).toBe(Code.refused);
    });
    await cell.close();
  });

  it('calls a message that is too large failed', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 1);
    const producer = await cell.producer();
    const [result] = await producer.sendAndWait(['x'.repeat(2_000_000)]);
    expect(result).toMatchObject({ outcome: 'fail', code: brokerCode(10) });
    await cell.close();
  });

  it('calls a send to a topic that was deleted failed', async () => {
    const cell = await LiveCell.open(kafka.up.target, { ...optionsOf('acks-all'), retries: 3 }, 1);
    const producer = await cell.producer();
    await producer.sendAndWait(['before']);
    await cell.administration.remove(cell.deployed);
    const [result] = await producer.sendAndWait(['after']);
    expect(result?.outcome).toBe('fail');
    await cell.administration.close();
    await producer.producer.close();
  });

  it('calls a send that nobody answers in time unknown', async () => {
    const options = { ...optionsOf('acks-all'), retries: 0, requestTimeoutMs: 2_000 };
    const cell = await LiveCell.open(kafka.up.target, options, 1);
    const producer = await cell.producer();
    await producer.sendAndWait(['before']);
    const [node] = kafka.up.nodes;
    process.kill(node?.pid() ?? 0, 'SIGSTOP');
    try {
      const [result] = await producer.sendAndWait(['into the void']);
      expect(result).toMatchObject({ outcome: 'unknown', code: Code.timeout });
    } finally {
      process.kill(node?.pid() ?? 0, 'SIGCONT');
    }
    await cell.close();
  });

  it('ends the session when a send has no outcome for too long, and settles everything first', async () => {
    const options = {
      ...optionsOf('idempotent'),
      requestTimeoutMs: 20_000,
      deliveryTimeoutMs: 1_000,
    };
    const cell = await LiveCell.open(kafka.up.target, options, 1);
    const producer = await cell.producer();
    await producer.sendAndWait(['before']);
    const [node] = kafka.up.nodes;
    process.kill(node?.pid() ?? 0, 'SIGSTOP');
    try {
      producer.send(['in flight']);
      producer.send(['waiting']);
      await until('the disconnection', () => producer.disconnections.length === 1);
      for (const ticket of [2, 3]) {
        expect(producer.result(ticket)).toMatchObject({ outcome: 'unknown', code: Code.abandoned });
      }
    } finally {
      process.kill(node?.pid() ?? 0, 'SIGCONT');
    }
    await cell.close();
  });

  it('asks for a pause at acks-0 while the broker does not read, and for more when it does', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-0'), 1);
    const producer = await cell.producer();
    await producer.sendAndWait(['before']);
    const [node] = kafka.up.nodes;
    process.kill(node?.pid() ?? 0, 'SIGSTOP');
    try {
      const body = 'x'.repeat(500_000);
      for (let sent = 0; sent < 120 && producer.writableChanges.length === 0; sent += 1) {
        await producer.sendAndWait([body]);
      }
      expect(producer.writableChanges).toEqual([false]);
    } finally {
      process.kill(node?.pid() ?? 0, 'SIGCONT');
    }
    await until('room', () => producer.writableChanges.length === 2);
    expect(producer.writableChanges).toEqual([false, true]);
    await cell.close();
  });

  it('never calls a send ok at acks-0, whether the broker is there or not', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-0'), 1);
    const producer = await cell.producer();
    const [there] = await producer.sendAndWait(['there']);
    expect(there).toMatchObject({ outcome: 'unknown', code: Code.noReply, place: undefined });
    // Killed any earlier, the broker may not have read it: that is what acks=0 means.
    await cell.stored(1);
    await restarted(async () => {
      const [away] = await producer.sendAndWait(['away']);
      expect(away?.outcome).toBe('unknown');
    });
    // What is sent before the partition has its leader again is gone, and nobody says so.
    const sender = setInterval(() => producer.send(['back']), 20);
    await cell.stored(2);
    clearInterval(sender);
    const consumer = await cell.consumer();
    await consumer.receive(2);
    expect(consumer.bodies.slice(0, 2)).toEqual(['there', 'back']);
    await producer.producer.flush();
    expect([...producer.results.values()].every(({ outcome }) => outcome === 'unknown')).toBe(true);
    await cell.close();
  });

  it.each(['acks-all', 'idempotent'] as const)(
    'loses nothing that %s acknowledged when the broker is killed under load',
    async (profile) => {
      const cell = await LiveCell.open(kafka.up.target, optionsOf(profile), 2);
      const producer = await cell.producer();
      let count = 0;
      const sender = setInterval(() => {
        producer.send([`m${count}`, `m${count + 1}`], { partition: count % 2 });
        count += 2;
      }, 2);
      await until('some sends', () => producer.results.size > 200);
      await restarted(() => Promise.resolve());
      const afterRestart = producer.results.size;
      await until('sends after the restart', () => producer.results.size > afterRestart + 200);
      clearInterval(sender);
      await producer.producer.flush();
      expect(producer.twice).toBe(0);
      await expectAllThere(cell, producer, count, profile === 'idempotent');
      await cell.close();
    },
  );
});

async function expectAllThere(
  cell: LiveCell,
  producer: TestProducer,
  count: number,
  once: boolean,
): Promise<void> {
  const backlog = await cell.administration.backlog(cell.deployed, 0);
  if (backlog.by !== 'end-position') throw new Error('a log has end positions');
  const consumer = await cell.consumer();
  const stored = backlog.ends.reduce((sum, { end }) => sum + end.major, 0);
  await consumer.receive(stored);
  const seen = new Set(consumer.bodies);
  const acknowledged = [...producer.results.values()].filter(({ outcome }) => outcome === 'ok');
  const missing = Array.from({ length: count }, (_, index) => index).filter(
    (index) => producer.result(index + 1).outcome === 'ok' && !seen.has(`m${index}`),
  );
  expect(missing).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(400);
  if (once) expect(stored).toBe(seen.size);
}
