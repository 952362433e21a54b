import { expect } from 'vitest';
import { type Broken, onRequest, onSettle, place, requestTwo, settleBoth } from './broken.ts';
import { delivery } from './scripted.ts';

export const brokenConsumers: readonly Broken[] = [
  {
    what: 'answers ok to a settlement it did not declare',
    rule: 'undeclared-is-refused',
    script: { consumer: onSettle((sink) => sink.settled(3, -1, 'ok', 0)) },
    drive: settleBoth('requeue'),
  },
  {
    what: 'swallows a settlement it did not declare',
    rule: 'undeclared-is-refused',
    script: { traits: { ackReply: 'none' }, consumer: onSettle(() => undefined) },
    drive: settleBoth('requeue'),
  },
  {
    what: 'reports rebalances without declaring them',
    rule: 'report-what-is-declared',
    script: { consumer: onRequest((sink) => sink.assigned([0], 1)) },
    drive: requestTwo,
  },
  ...(
    [
      ['key', { key: Buffer.from('k') }],
      ['headers', { headers: {} }],
      ['place', { place }],
      ['attempt', { attempt: 1 }],
      ['redelivered', { redelivered: false }],
      ['leaseMs', { leaseMs: 5 }],
    ] as const
  ).map(
    ([field, value]): Broken => ({
      what: `delivers ${field} without declaring it`,
      rule: 'report-what-is-declared',
      script: { consumer: onRequest((sink) => sink.deliver([delivery(value)])) },
      drive: requestTwo,
    }),
  ),
  ...(['places', 'attempts', 'redelivered-flag', 'lease'] as const).map(
    (capability): Broken => ({
      what: `declares ${capability} and delivers none`,
      rule: 'report-what-is-declared',
      script: {
        capabilities: [capability],
        consumer: onRequest((sink) => sink.deliver([delivery()])),
      },
      drive: requestTwo,
    }),
  ),
  {
    what: 'closes a consumer without answering its settlement',
    rule: 'close-settles',
    script: { consumer: onSettle(() => undefined) },
    drive: async (opened) => {
      await settleBoth()(opened);
      await expect(opened.session.close()).rejects.toThrow('close-settles');
    },
  },
  {
    what: 'delivers after close',
    rule: 'silent-after-close',
    script: {
      consumer: (sink) => ({
        close: async () => void setImmediate(() => sink.deliver([delivery()])),
      }),
    },
    drive: async (opened) => {
      const consumer = await opened.consumer();
      consumer.request(1);
      await consumer.close();
      await new Promise((resolve) => setImmediate(resolve));
    },
  },
  {
    what: 'delivers more than was requested',
    rule: 'permits-are-kept',
    script: {
      consumer: onRequest((sink) => {
        sink.deliver([delivery(), delivery()]);
        sink.deliver([delivery()]);
      }),
    },
    drive: requestTwo,
  },
  {
    what: 'delivers one object twice',
    rule: 'delivery-is-given-away',
    script: {
      consumer: onRequest((sink) => {
        const same = delivery();
        sink.deliver([same]);
        sink.deliver([same]);
      }),
    },
    drive: requestTwo,
  },
  {
    what: 'writes into a delivered object',
    rule: 'delivery-is-given-away',
    script: {
      consumer: (sink) => {
        const reused = { ...delivery() };
        return {
          request: () => sink.deliver([reused]),
          close: async () => void Object.assign(reused, { token: 2 }),
        };
      },
    },
    drive: async (opened) => {
      const consumer = await opened.consumer();
      consumer.request(1);
      await expect(consumer.close()).rejects.toThrow('token changed');
    },
  },
  {
    what: 'reuses the bytes of a delivered body',
    rule: 'delivery-is-given-away',
    script: {
      consumer: (sink) => {
        const body = Buffer.from('first');
        return {
          request: () => sink.deliver([delivery({ body })]),
          close: async () => void body.write('other'),
        };
      },
    },
    drive: async (opened) => {
      const consumer = await opened.consumer();
      consumer.request(1);
      await expect(consumer.close()).rejects.toThrow('bytes of a body changed');
    },
  },
  {
    what: 'delivers from a scope that it gave up',
    rule: 'scope-is-assigned',
    script: {
      capabilities: ['groups', 'rebalance-events', 'places'],
      consumer: onRequest((sink) => {
        sink.assigned([0], 1);
        sink.deliver([delivery({ place })]);
        sink.lost([0]);
        sink.deliver([delivery({ place })]);
      }),
    },
    drive: requestTwo,
  },
  {
    what: 'lets generations go back',
    rule: 'generation-grows',
    script: {
      capabilities: ['groups', 'rebalance-events'],
      consumer: onRequest((sink) => {
        sink.assigned([0], 2);
        sink.assigned([0], 1);
      }),
    },
    drive: requestTwo,
  },
  {
    what: 'answers one delivery of a settlement twice',
    rule: 'settlement-settles-once',
    script: {
      consumer: onSettle((sink) => {
        sink.settled(3, 0, 'ok', 0);
        sink.settled(3, 0, 'ok', 0);
      }),
    },
    drive: settleBoth(),
  },
  {
    what: 'answers a whole settlement twice',
    rule: 'settlement-settles-once',
    script: {
      consumer: onSettle((sink) => {
        sink.settled(3, -1, 'ok', 0);
        sink.settled(3, -1, 'ok', 0);
      }),
    },
    drive: settleBoth(),
  },
  {
    what: 'answers a settlement of nobody',
    rule: 'settlement-is-known',
    script: { consumer: onSettle((sink) => sink.settled(4, -1, 'ok', 0)) },
    drive: settleBoth(),
  },
  {
    what: 'answers an index that the settlement does not have',
    rule: 'settlement-is-known',
    script: { consumer: onSettle((sink) => sink.settled(3, 2, 'ok', 0)) },
    drive: settleBoth(),
  },
  {
    what: 'answers settlements that a fence must prove',
    rule: 'settlement-reply-is-declared',
    script: {
      traits: { ackReply: 'fence' },
      consumer: (sink) => ({
        request: () => sink.deliver([delivery(), delivery()]),
        settle: () => sink.settled(3, -1, 'ok', 0),
        fence: () => Promise.resolve(),
      }),
    },
    drive: settleBoth(),
  },
  {
    what: 'has no seek despite declaring it',
    rule: 'presence-is-declared',
    script: { capabilities: ['seek'] },
    drive: async (opened) => {
      await expect(opened.consumer()).rejects.toThrow('seek is absent');
    },
  },
  {
    what: 'has no fence although its settlements need one',
    rule: 'presence-is-declared',
    script: { traits: { ackReply: 'fence' } },
    drive: async (opened) => {
      await expect(opened.consumer()).rejects.toThrow('fence is absent');
    },
  },
];
