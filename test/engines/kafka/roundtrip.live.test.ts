import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveCell, live, type LiveKafka, optionsOf, startKafka } from './live-kafka.ts';

describe.skipIf(!live)('a real Kafka (needs ACKMARK_LIVE=1)', () => {
  let kafka: LiveKafka;
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka?.stop());

  it('delivers every message at the place its send reported', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('acks-all'), 3);
    const producer = await cell.producer();
    const sent = new Map<string, unknown>();
    for (let batch = 0; batch < 5; batch += 1) {
      const bodies = Array.from({ length: 20 }, (_, index) => `${batch}-${index}`);
      const tickets = bodies.flatMap((body, index) =>
        producer.send([body], { partition: index % 3 }),
      );
      await producer.producer.flush();
      for (const [index, ticket] of tickets.entries()) {
        expect(producer.result(ticket).outcome).toBe('ok');
        sent.set(bodies[index] ?? '', producer.result(ticket).place);
      }
    }
    const consumer = await cell.consumer();
    const received = await consumer.receive(100);
    expect(new Map(received.map((one) => [one.body.toString(), one.place]))).toEqual(sent);
    await cell.close();
  });

  it('keeps the order of one batch over several partitions', async () => {
    const cell = await LiveCell.open(kafka.up.target, optionsOf('idempotent'), 2);
    const producer = await cell.producer();
    const tickets = [
      ...producer.send(['a', 'b', 'c'], { partition: 0 }),
      ...producer.send(['d', 'e'], { partition: 1 }),
      ...producer.send(['f'], { partition: 0 }),
    ];
    await producer.producer.flush();
    const places = tickets.map((ticket) => producer.result(ticket).place);
    expect(places.map((place) => [place?.scope, place?.position.major])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [0, 3],
    ]);
    const consumer = await cell.consumer();
    const received = await consumer.receive(6);
    const inScope = (scope: number): string[] =>
      received.filter(({ place }) => place?.scope === scope).map(({ body }) => body.toString());
    expect([inScope(0), inScope(1)]).toEqual([
      ['a', 'b', 'c', 'f'],
      ['d', 'e'],
    ]);
    await cell.close();
  });
});
