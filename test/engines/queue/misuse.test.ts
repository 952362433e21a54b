import { describe, expect, it } from 'vitest';
import { QueueAdministration } from '../../../engines/queue/administration.ts';
import { QueueConsumer } from '../../../engines/queue/consumer.ts';
import queue from '../../../engines/queue/engine.ts';
import type { ConsumerSink, Delivery } from '../../../engines/engine.ts';

const options = queue.profiles.lease.options;
const sink: ConsumerSink = {
  assigned: () => {},
  revoking: () => Promise.resolve(),
  scopeEnded: () => {},
  lost: () => {},
  deliver: () => {},
  settled: () => {},
  disconnected: () => {},
};
const delivery: Delivery = {
  body: Buffer.alloc(0),
  key: undefined,
  place: { scope: 0, position: { major: 1, minor: 0 } },
  attempt: 1,
  redelivered: false,
  requestedNs: 0,
  leaseMs: undefined,
  headers: undefined,
  token: { id: 1, receiveCount: 1 },
};

describe('misuse of the embedded queue is told, not answered with silence or with queue 0', () => {
  const consumer = (): QueueConsumer =>
    new QueueConsumer(
      { id: 0, scope: 0 },
      options,
      { name: 'c', nowNs: () => 0, random: () => 0, signal: new AbortController().signal },
      sink,
    );

  it('settling before the consumer is open', () => {
    expect(() => consumer().settle(1, [delivery], { how: 'acknowledge' })).toThrow(
      'a consumer is used before it is open',
    );
  });

  it('asking for messages before the consumer is open', () => {
    expect(() => consumer().request(1)).toThrow('a consumer is used before it is open');
  });

  it('settling a delivery that does not say which it is', () => {
    const foreign = { ...delivery, place: undefined, token: undefined };
    expect(() => consumer().settle(1, [foreign], { how: 'acknowledge' })).toThrow(
      'it has no receipt',
    );
  });

  it('asking for the backlog of a subscription that is not there', async () => {
    const target = { kind: 'x', title: 'x', address: '127.0.0.1:1', nodes: 1, settings: {} };
    const deployed = {
      topology: { destinations: [], subscriptions: [] },
      effective: [],
      settings: {},
    };
    const administration = new QueueAdministration(target, options);
    await expect(administration.backlog(deployed, 3)).rejects.toMatchObject({
      code: 'USAGE',
      message: 'there is no subscription 3',
    });
  });
});
