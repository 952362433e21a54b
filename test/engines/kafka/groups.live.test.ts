import { Worker } from 'node:worker_threads';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Code } from '../../../engines/kafka/outcomes.ts';
import { TestConsumer, until } from './live-actors.ts';
import { LiveCell, live, type LiveKafka, optionsOf, startKafka } from './live-kafka.ts';

describe.skipIf(!live)('consumers of a real Kafka (needs ACKMARK_LIVE=1)', () => {
  let kafka: LiveKafka;
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka?.stop());

  const numbered = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => String(index));

  it('delivers no more than was requested, and goes on where it stopped', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 1);
    await (await cell.producer()).sendAndWait(numbered(10));
    const consumer = await cell.consumer();
    await consumer.receive(3);
    await pause(400);
    expect(consumer.bodies).toEqual(['0', '1', '2']);
    await consumer.receive(7);
    expect(consumer.bodies).toEqual(numbered(10));
    await cell.close();
  });

  it('says when each copy was requested, never later than it came', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 1);
    const consumer = await cell.consumer();
    consumer.consumer.request(1);
    await pause(600);
    const sentNs = performance.now() * 1e6;
    await (await cell.producer()).sendAndWait(['late']);
    await until('the delivery', () => consumer.deliveries.length === 1);
    const requestedNs = consumer.deliveries[0]?.requestedNs ?? Number.POSITIVE_INFINITY;
    expect(requestedNs).toBeLessThan(performance.now() * 1e6);
    expect(requestedNs).toBeGreaterThan(sentNs - 2e9);
    await cell.close();
  });

  it('resumes after the last acknowledged message of each partition', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 2);
    const producer = await cell.producer();
    producer.send(['a0', 'a1', 'a2'], { partition: 0 });
    producer.send(['b0', 'b1'], { partition: 1 });
    await producer.producer.flush();
    const first = await cell.consumer();
    const received = await first.receive(5);
    const acknowledged = received.filter(({ body }) => ['a1', 'b1'].includes(body.toString()));
    expect(await first.acknowledge(acknowledged)).toEqual({ outcome: 'ok', code: Code.ok });
    await first.consumer.close();
    const second = await cell.consumer();
    await second.receive(1);
    await pause(400);
    second.consumer.request(10);
    await pause(600);
    expect(second.bodies).toEqual(['a2']);
    await cell.close();
  });

  it('never takes an acknowledgement back when an older one comes later', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 1);
    await (await cell.producer()).sendAndWait(['0', '1', '2']);
    const first = await cell.consumer();
    const [zero, one] = await first.receive(3);
    if (zero === undefined || one === undefined) throw new Error('no deliveries');
    await first.acknowledge([one]);
    await first.acknowledge([zero]);
    await first.consumer.close();
    const second = await cell.consumer();
    await second.receive(1);
    expect(second.bodies).toEqual(['2']);
    await cell.close();
  });

  it('hands scopes over in order: settlements made while revoking still count', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 2);
    const producer = await cell.producer();
    producer.send(['a'], { partition: 0 });
    producer.send(['b'], { partition: 1 });
    await producer.producer.flush();
    const first = await cell.consumer();
    const held = await first.receive(2);
    let answer: { outcome: string } | undefined;
    first.onRevoking = async () => {
      answer = await first.acknowledge(held);
    };
    const second = await cell.consumer();
    await until('both have a scope', () => second.events.length > 0 && first.events.length >= 3);
    expect(answer?.outcome).toBe('ok');
    expect(first.events.map((event) => event.split(' at ')[0])).toEqual([
      'assigned 0 1',
      'revoking 0 1',
      expect.stringMatching(/^assigned [01]$/),
    ]);
    first.consumer.request(10);
    second.consumer.request(10);
    await pause(600);
    expect([first.deliveries.length, second.deliveries.length]).toEqual([2, 0]);
    await cell.close();
  });

  it('refuses a settlement of a generation that is over', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 2);
    await (await cell.producer()).sendAndWait(['a']);
    const first = await cell.consumer();
    const held = await first.receive(1);
    await cell.consumer();
    await until('the new assignment', () => first.events.length >= 3);
    expect(await first.acknowledge(held)).toEqual({ outcome: 'fail', code: Code.membershipLost });
    await cell.close();
  });

  it('replaces a member whose thread was terminated, and delivers again what it held', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 2);
    const producer = await cell.producer();
    producer.send(['a'], { partition: 0 });
    producer.send(['b'], { partition: 1 });
    await producer.producer.flush();
    const victim = new Worker(new URL('./member.worker.ts', import.meta.url), {
      workerData: { target: cell.target, deployed: cell.deployed, options: cell.options },
    });
    const held: string[] = [];
    victim.on('message', (bodies: string[]) => held.push(...bodies));
    await until('the victim to hold both', () => held.length === 2);
    await victim.terminate();
    const heir = await cell.consumer();
    await heir.receive(2);
    expect(heir.bodies.sort()).toEqual(['a', 'b']);
    await cell.close();
  });

  it('tells that its scopes were lost after a stall longer than the session, and joins again', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 1);
    await (await cell.producer()).sendAndWait(['a']);
    const consumer = await cell.consumer();
    const held = await consumer.receive(1);
    // The whole thread stands still, and its heartbeats with it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_800);
    expect((await consumer.acknowledge(held)).outcome).toBe('fail');
    await until('the next assignment', () => consumer.events.length >= 3);
    expect(consumer.events.map((event) => event.split(' at ')[0])).toEqual([
      'assigned 0',
      'lost 0',
      'assigned 0',
    ]);
    await consumer.receive(1);
    expect(consumer.bodies).toEqual(['a', 'a']);
    await cell.close();
  });

  it('cannot connect to a broker that is down, and says so', async () => {
    const options = { ...optionsOf('acks-all'), retries: 2 };
    const cell = await LiveCell.open(kafka.up.target, options, 1);
    const [node] = kafka.up.nodes;
    await node?.kill();
    await expect(cell.consumer()).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
    await expect(cell.producer()).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
    await node?.restart();
    await cell.close();
  });

  it('seeks in one scope and loses nothing that it held of the others', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 2);
    const producer = await cell.producer();
    producer.send(['a0', 'a1', 'a2'], { partition: 0 });
    producer.send(['b0', 'b1', 'b2'], { partition: 1 });
    await producer.producer.flush();
    const consumer = await cell.consumer();
    await consumer.receive(4);
    const before = consumer.bodies;
    await consumer.consumer.seek?.({
      at: 'position',
      scope: 0,
      position: { major: 1, minor: 0 },
    });
    consumer.consumer.request(100);
    const bRest = 3 - before.filter((body) => body.startsWith('b')).length;
    await until('the rest', () => consumer.bodies.length >= 4 + 2 + bRest);
    await pause(400);
    const after = consumer.bodies.slice(4);
    expect(after.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a2']);
    expect([...before, ...after].filter((body) => body.startsWith('b'))).toEqual([
      'b0',
      'b1',
      'b2',
    ]);
    await cell.close();
  });

  it('proves the drain: what was delivered reaches the end of every scope', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 3);
    const producer = await cell.producer();
    producer.send(numbered(7), { partition: 0 });
    producer.send(numbered(4), { partition: 2 });
    await producer.producer.flush();
    expect(await cell.administration.backlog(cell.deployed, 0)).toEqual({
      by: 'end-position',
      ends: [
        { scope: 0, end: { major: 7, minor: 0 } },
        { scope: 2, end: { major: 4, minor: 0 } },
      ],
    });
    await cell.close();
  });

  it('tells that the broker is gone, answers every settlement, and a new session goes on', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 1);
    await (await cell.producer()).sendAndWait(['0', '1']);
    const consumer = await cell.consumer();
    const [zero] = await consumer.receive(1);
    if (zero === undefined) throw new Error('no delivery');
    expect((await consumer.acknowledge([zero])).outcome).toBe('ok');
    const [one] = await consumer.receive(1);
    if (one === undefined) throw new Error('no delivery');
    const [node] = kafka.up.nodes;
    const killed = node?.kill();
    const answer = await consumer.acknowledge([one]);
    await killed;
    expect(['unknown', 'fail', 'ok']).toContain(answer.outcome);
    await until('the disconnection', () => consumer.disconnections.length === 1);
    await node?.restart();
    const again = await TestConsumer.open(await cell.session(), cell.deployed);
    await again.receive(answer.outcome === 'ok' ? 0 : 1);
    expect(again.bodies).toEqual(answer.outcome === 'ok' ? [] : ['1']);
    await cell.close();
  });

  it('prints what is in force on one node', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 1);
    expect(cell.deployed.effective).toEqual(
      expect.arrayContaining([
        'effective: 1 replica (3 wished, 1 broker)',
        'effective: min.insync.replicas=1 (2 wished)',
      ]),
    );
    await cell.close();
  });
});
