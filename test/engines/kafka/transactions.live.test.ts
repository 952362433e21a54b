import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestConsumer, TestProducer } from './live-actors.ts';
import { LiveCell, live, type LiveKafka, optionsOf, startKafka } from './live-kafka.ts';

describe.skipIf(!live)('transactions of a real Kafka (needs ACKMARK_LIVE=1)', () => {
  let kafka: LiveKafka;
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka?.stop());

  it('commits offsets and output of a transaction together, and shows nothing of an aborted one', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('idempotent'), 2);
    const plain = await cell.producer();
    await plain.sendAndWait(['in-0', 'in-1'], { partition: 0 });
    const session = await cell.session();
    const producer = await TestProducer.open(
      session,
      cell.deployed,
      `${cell.deployed.topology.subscriptions[0]?.name}-tx`,
    );
    const consumer = await TestConsumer.open(session, cell.deployed);
    const [first, second] = await consumer.receive(2);
    if (first === undefined || second === undefined) throw new Error('no input');

    const committed = await producer.begin();
    producer.send(['out-0'], { partition: 1 }, committed);
    expect(await committed.include(consumer.consumer, [first])).toBe('ok');
    expect(await committed.commit()).toBe('ok');

    const aborted = await producer.begin();
    producer.send(['never'], { partition: 1 }, aborted);
    expect(await aborted.include(consumer.consumer, [second])).toBe('ok');
    expect(await aborted.abort()).toBe('ok');
    expect([...producer.results.values()].map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);

    const backlog = await cell.administration.backlog(cell.deployed, 0);
    expect(backlog).toMatchObject({
      ends: [
        { scope: 0, end: { major: 2 } },
        { scope: 1, end: { major: 1 } },
      ],
    });
    await consumer.consumer.close();
    const reader = await cell.consumer();
    await reader.receive(2);
    reader.consumer.request(10);
    await pause(600);
    expect(reader.bodies.sort()).toEqual(['in-1', 'out-0']);
    await cell.close();
  });

  it('ends an empty transaction either way and goes on with the next', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('idempotent'), 1);
    const id = `${cell.deployed.topology.destinations[0]?.name}-empty`;
    const producer = await cell.producer(undefined, id);
    expect(await (await producer.begin()).abort()).toBe('ok');
    expect(await (await producer.begin()).commit()).toBe('ok');
    const used = await producer.begin();
    producer.send(['after the empty ones'], {}, used);
    expect(await used.commit()).toBe('ok');
    expect([...producer.results.values()].map(({ outcome }) => outcome)).toEqual(['ok']);
    await cell.close();
  });

  it('fences the older of two producers with one transactional id', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('idempotent'), 1);
    const id = `${cell.deployed.topology.destinations[0]?.name}-fence`;
    const old = await cell.producer(undefined, id);
    const left = await old.begin();
    old.send(['left open'], {}, left);
    await old.producer.flush();
    const young = await cell.producer(undefined, id);
    const next = await young.begin();
    young.send(['young'], {}, next);
    expect(await next.commit()).toBe('ok');
    expect(await left.commit()).toBe('fail');
    const reader = await cell.consumer();
    await reader.receive(1);
    expect(reader.bodies).toEqual(['young']);
    await cell.close();
  });
});
