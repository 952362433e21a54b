import { describe, expect, test } from 'vitest';
import { type Rule, rules } from '../../../engines/contract/contract.ts';
import type { ConsumerSink, Delivery, ProducerSink } from '../../../engines/engine.ts';
import { delivery, letter, type Opened, open, type Script } from './scripted.ts';

/** A deliberately broken engine, and what the harness does to it until it shows. */
interface Broken {
  readonly what: string;
  readonly rule: Rule;
  readonly script: Script;
  readonly drive: (opened: Opened) => Promise<void>;
}

const place = { scope: 0, position: { major: 0, minor: 0 } };

const sendOne = async (opened: Opened, more = {}): Promise<void> =>
  (await opened.producer()).send([letter(7, more)]);
const requestTwo = async (opened: Opened): Promise<void> => (await opened.consumer()).request(2);

/** Answers a send by calling the sink. */
const onSend = (answer: (sink: ProducerSink) => void): NonNullable<Script['producer']> => {
  return (sink) => ({ send: () => answer(sink) });
};
const onRequest = (answer: (sink: ConsumerSink) => void): NonNullable<Script['consumer']> => {
  return (sink) => ({ request: () => answer(sink) });
};
/** Delivers two on request and answers the settlement of them by calling the sink. */
const onSettle = (answer: (sink: ConsumerSink) => void): NonNullable<Script['consumer']> => {
  return (sink) => ({
    request: () => sink.deliver([delivery(), delivery()]),
    settle: () => answer(sink),
  });
};
const settleBoth =
  (how: 'acknowledge' | 'requeue' = 'acknowledge') =>
  async (opened: Opened): Promise<void> => {
    const consumer = await opened.consumer();
    const [a, b] = [delivery(), delivery()];
    consumer.request(2);
    consumer.settle(3, [a, b], { how });
  };

const broken: readonly Broken[] = [
  {
    what: 'settles a ticket twice',
    rule: 'ticket-settles-once',
    script: {
      producer: onSend((sink) => {
        sink.settled(7, 'ok', 0, undefined, 1);
        sink.settled(7, 'unknown', 2, undefined, 1);
      }),
    },
    drive: sendOne,
  },
  {
    what: 'settles a ticket of nobody',
    rule: 'ticket-is-known',
    script: { producer: onSend((sink) => sink.settled(8, 'ok', 0, undefined, 1)) },
    drive: sendOne,
  },
  {
    what: 'returns a ticket of nobody',
    rule: 'ticket-is-known',
    script: { capabilities: ['returns'], producer: onSend((sink) => sink.returned(8)) },
    drive: sendOne,
  },
  {
    what: 'reads an object after it gave it back',
    rule: 'outgoing-is-not-kept',
    script: {
      producer: (sink) => {
        let kept = letter(0);
        return {
          send: ([message]) => {
            if (message !== undefined) kept = message;
            setImmediate(() => sink.settled(kept.ticket, 'ok', 0, undefined, 1));
          },
        };
      },
    },
    drive: async (opened) => {
      await sendOne(opened);
      await new Promise((resolve) => setImmediate(resolve));
    },
  },
  {
    what: 'calls a fire-and-forget send ok',
    rule: 'no-reply-is-never-ok',
    script: {
      traits: { sendReply: 'none' },
      producer: onSend((sink) => sink.settled(7, 'ok', 0, undefined, 1)),
    },
    drive: sendOne,
  },
  {
    what: 'uses a code that the table does not name',
    rule: 'code-is-named',
    script: { producer: onSend((sink) => sink.settled(7, 'fail', 99, undefined, 1)) },
    drive: sendOne,
  },
  {
    what: 'uses code 0 for something else than ok',
    rule: 'code-is-named',
    script: { producer: onSend((sink) => sink.settled(7, 'unknown', 0, undefined, 1)) },
    drive: sendOne,
  },
  {
    what: 'uses a code that does not fit',
    rule: 'code-is-named',
    script: { producer: onSend((sink) => sink.settled(7, 'fail', 70_000, undefined, 1)) },
    drive: sendOne,
  },
  {
    what: 'counts no attempt',
    rule: 'attempts-count',
    script: { producer: onSend((sink) => sink.settled(7, 'ok', 0, undefined, 0)) },
    drive: sendOne,
  },
  {
    what: 'accepts a key and ignores it',
    rule: 'undeclared-is-refused',
    script: { producer: onSend((sink) => sink.settled(7, 'ok', 0, undefined, 1)) },
    drive: (opened) => sendOne(opened, { key: Buffer.from('k') }),
  },
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
    what: 'reports a place it did not declare',
    rule: 'report-what-is-declared',
    script: { producer: onSend((sink) => sink.settled(7, 'ok', 0, place, 1)) },
    drive: sendOne,
  },
  {
    what: 'leaves out a place it declared',
    rule: 'report-what-is-declared',
    script: {
      capabilities: ['places'],
      producer: onSend((sink) => sink.settled(7, 'ok', 0, undefined, 1)),
    },
    drive: sendOne,
  },
  {
    what: 'returns a message without declaring it',
    rule: 'report-what-is-declared',
    script: { producer: onSend((sink) => sink.returned(7)) },
    drive: sendOne,
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
    what: 'flushes before a ticket has settled',
    rule: 'flush-waits',
    script: {},
    drive: async (opened) => {
      const producer = await opened.producer();
      producer.send([letter(7)]);
      await expect(producer.flush()).rejects.toThrow('flush-waits');
    },
  },
  {
    what: 'commits while a ticket of the transaction is unsettled',
    rule: 'commit-settles',
    script: {
      capabilities: ['transactions'],
      producer: () => ({
        begin: async () => ({
          include: async () => 'ok',
          commit: async () => 'ok',
          abort: async () => 'ok',
        }),
      }),
    },
    drive: async (opened) => {
      const producer = await opened.producer();
      const transaction = await producer.begin?.();
      producer.send([letter(7)], transaction);
      await expect(transaction?.commit()).rejects.toThrow('commit-settles');
    },
  },
  {
    what: 'closes a producer with unsettled tickets',
    rule: 'close-settles',
    script: {},
    drive: async (opened) => {
      const producer = await opened.producer();
      producer.send([letter(7)]);
      await expect(producer.close()).rejects.toThrow('close-settles');
    },
  },
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
    what: 'tells of a disconnection before it settled its tickets',
    rule: 'disconnected-settles-first',
    script: { producer: onSend((sink) => sink.disconnected(new Error('reset'))) },
    drive: sendOne,
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
    what: 'settles after its session was closed',
    rule: 'silent-after-close',
    script: {
      producer: (sink) => ({
        send: () => {
          setImmediate(() => sink.settled(7, 'ok', 0, undefined, 1));
          sink.settled(7, 'ok', 0, undefined, 1);
        },
      }),
    },
    drive: async (opened) => {
      await sendOne(opened);
      await opened.session.close();
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
    what: 'has begin without declaring transactions',
    rule: 'presence-is-declared',
    script: { producer: () => ({ begin: () => Promise.reject(new Error('not reached')) }) },
    drive: async (opened) => {
      await expect(opened.producer()).rejects.toThrow('begin is present');
    },
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

describe('the validator catches an engine that', () => {
  for (const { what, rule, script, drive } of broken) {
    test(`${what} (${rule})`, async () => {
      const opened = await open(script);
      await drive(opened).catch((error: unknown) => {
        if (!(error instanceof Error) || !error.message.includes(rule)) throw error;
      });
      expect(opened.violations.map(({ code }) => code)).toContain('ENGINE_BROKE_CONTRACT');
      const named = opened.violations.map(({ message }) => /broke (\S+)/.exec(message)?.[1]);
      expect([...new Set(named)]).toEqual([rule]);
      expect(opened.violations[0]?.message).toContain('engine "scripted"');
      expect(opened.violations[0]?.message).toContain(rules[rule].place);
    });
  }

  test('gives different traits for the same options (traits-are-static)', async () => {
    let calls = 0;
    const script: Script = {
      get traits() {
        calls += 1;
        return { receiveLimit: calls };
      },
    };
    await expect(open(script)).rejects.toThrow('traits-are-static');
  });

  test('breaks any rule at all: none is without its broken engine', () => {
    const covered = new Set<Rule>([...broken.map(({ rule }) => rule), 'traits-are-static']);
    expect([...covered].toSorted()).toEqual(Object.keys(rules).toSorted());
  });
});

describe('the validator', () => {
  test('passes a well-behaved session on, call by call, and finds nothing', async () => {
    const opened = await open({
      capabilities: ['places', 'returns', 'groups', 'rebalance-events'],
      producer: (sink) => ({
        send: (batch) => {
          for (const { ticket } of batch) {
            sink.returned(ticket);
            sink.settled(ticket, 'ok', 0, place, 1);
          }
          sink.writable(true);
        },
      }),
      consumer: (sink) => ({
        request: () => {
          sink.assigned([0], 1);
          sink.deliver([delivery({ place })]);
        },
        settle: (ticket) => sink.settled(ticket, 0, 'ok', 0),
      }),
    });
    const producer = await opened.producer();
    producer.send([letter(1), letter(2)]);
    await producer.flush();
    await producer.close();
    const consumer = await opened.consumer();
    consumer.request(1);
    await consumer.close();
    await opened.session.close();
    await opened.session.close();
    expect(opened.violations).toEqual([]);
    expect(opened.passed).toEqual([
      'returned 1',
      'settled 1',
      'returned 2',
      'settled 2',
      'writable true',
      'assigned 0',
      'deliver 1',
    ]);
  });

  test('does not pass a violation on, and throws it at the next call', async () => {
    const opened = await open({
      producer: onSend((sink) => sink.settled(99, 'ok', 0, undefined, 1)),
    });
    const producer = await opened.producer();
    producer.send([letter(1)]);
    expect(opened.passed).toEqual([]);
    expect(() => producer.send([letter(2)])).toThrow('ticket-is-known');
  });

  test('hands the adapter its own consumer and its own deliveries back', async () => {
    const seen: unknown[] = [];
    const given: Delivery[] = [];
    const script: Script = {
      capabilities: ['transactions'],
      producer: () => ({
        begin: async () => ({
          include: async (consumer, upTo) => {
            seen.push(consumer, ...upTo);
            return 'ok';
          },
          commit: async () => 'ok',
          abort: async () => 'ok',
        }),
      }),
      consumer: (sink) => ({
        request: () => {
          given.push(delivery());
          sink.deliver(given);
        },
      }),
    };
    const opened = await open(script);
    const consumer = await opened.consumer();
    consumer.request(1);
    const transaction = await (await opened.producer()).begin?.();
    await transaction?.include(consumer, given);
    expect(seen).toHaveLength(2);
    expect(seen[0]).not.toBe(consumer);
    expect(seen[1]).toBe(given[0]);
  });

  test.each([
    ['sends nothing', (opened: Opened) => opened.producer().then((one) => one.send([]))],
    [
      'sends more than the limit',
      (opened: Opened) =>
        opened.producer().then((one) => one.send(Array.from({ length: 11 }, (_, n) => letter(n)))),
    ],
    [
      'uses a ticket twice',
      (opened: Opened) => opened.producer().then((one) => one.send([letter(1), letter(1)])),
    ],
    [
      'sends after close',
      async (opened: Opened) => {
        const producer = await opened.producer();
        await producer.close();
        producer.send([letter(1)]);
      },
    ],
  ])('charges the harness, not the engine, when the harness %s', async (_what, misuse) => {
    const opened = await open({});
    await expect(misuse(opened)).rejects.toThrow('the harness');
    expect(opened.violations).toEqual([]);
  });
});
