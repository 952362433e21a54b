import { describe, expect, it } from 'vitest';
import { BrokerAdministration } from '../../../engines/broker/administration.ts';
import { BrokerConsumer } from '../../../engines/broker/consumer.ts';
import broker from '../../../engines/broker/engine.ts';
import type { ConsumerSink, Delivery } from '../../../engines/engine.ts';

const options = broker.profiles['manual-ack'].options;
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
  place: undefined,
  attempt: 1,
  redelivered: false,
  requestedNs: undefined,
  leaseMs: undefined,
  headers: undefined,
  token: 1,
};

describe('misuse of the embedded broker is told, not answered with silence or with queue 0', () => {
  it('settling before the consumer is open', () => {
    const consumer = new BrokerConsumer(1, options, sink);
    expect(() => consumer.settle(1, [delivery], { how: 'acknowledge' })).toThrow(
      'a consumer is used before it is open',
    );
  });

  it('asking for messages before the consumer is open', () => {
    const consumer = new BrokerConsumer(1, options, sink);
    expect(() => consumer.request(1)).toThrow('a consumer is used before it is open');
  });

  it('settling a delivery that carries no tag', () => {
    const foreign = { ...delivery, token: 'a receipt' };
    const consumer = new BrokerConsumer(1, options, sink);
    expect(() => consumer.settle(1, [foreign], { how: 'acknowledge' })).toThrow('it has no tag');
  });

  it('asking for the backlog of a subscription that is not there', async () => {
    const target = { kind: 'x', title: 'x', address: '127.0.0.1:1', nodes: 1, settings: {} };
    const deployed = {
      topology: { destinations: [], subscriptions: [] },
      effective: [],
      settings: {},
    };
    const administration = new BrokerAdministration(target, options);
    await expect(administration.backlog(deployed, 3)).rejects.toMatchObject({
      code: 'USAGE',
      message: 'there is no subscription 3',
    });
  });
});
