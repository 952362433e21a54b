import { describe, expect, test } from 'vitest';
import { contractCases } from '../../engines/contract/contract.ts';
import type { ContractSubject } from '../../engines/contract/contract.ts';
import type { Delivery, Deployed, Engine } from '../../engines/engine.ts';
import { type Defect, withDefect } from './fixtures/defect.ts';
import memory from './fixtures/memory/engine.ts';

type Profile = keyof typeof memory.profiles;
type Change = (good: Engine) => Engine;
const reference: Engine = memory;

function subject(engine: Engine, profile: string, prefix: string): ContractSubject {
  return {
    engine,
    module: new URL('./fixtures/memory/engine.ts', import.meta.url),
    profile,
    target: { kind: 'embedded', title: 'memory', address: prefix, nodes: 1, settings: {} },
    prefix,
    patienceMs: 600,
    quietMs: 60,
  };
}

function caseNamed(start: string) {
  const found = contractCases.filter(({ name }) => name.startsWith(start));
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} cases: ${start}`);
  return found[0];
}

/** What is wrong with the engine, as which profile, and the case that must say so. */
const planted: readonly (readonly [string, Profile, string, Defect | Change])[] = [
  [
    'flips the last byte of longer bodies',
    'plain',
    'every byte arrives',
    {
      outgoing: (message) => {
        if (message.body.length < 100) return message;
        const body = Buffer.from(message.body);
        body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1;
        return { ...message, body };
      },
    },
  ],
  [
    'delivers everything twice',
    'plain',
    'every byte arrives',
    {
      producer: (good) => ({
        send: (batch) => {
          good.send(batch);
          good.send(batch.map((message) => ({ ...message, ticket: message.ticket + 1_000_000 })));
        },
      }),
      producerSink: (sink) => ({
        settled: (ticket, ...rest) => {
          if (ticket < 1_000_000) sink.settled(ticket, ...rest);
        },
      }),
    },
  ],
  [
    'knows one destination only',
    'plain',
    'one batch may go',
    { outgoing: (message) => ({ ...message, destination: 0 }) },
  ],
  [
    'forgets the last message of a full batch',
    'plain',
    'a batch as large',
    {
      producer: (good) => ({
        send: (batch) => {
          const lost = batch.length > 10 ? batch.at(-1) : undefined;
          good.send(batch.filter((message) => message !== lost));
        },
      }),
    },
  ],
  [
    'does not wait in flush',
    'plain',
    'batches need not wait',
    {
      producer: () => ({ flush: () => Promise.resolve() }),
    },
  ],
  [
    'drops its tickets at close',
    'plain',
    'close settles',
    {
      producer: () => ({ close: () => Promise.resolve() }),
    },
  ],
  [
    'calls sends unknown that were answered',
    'plain',
    'every byte arrives',
    {
      producerSink: (sink) => ({
        settled: (ticket) => sink.settled(ticket, 'unknown', 3, undefined, 1),
      }),
    },
  ],
  [
    'ignores keys',
    'log',
    'keys:',
    {
      outgoing: (message) => ({ ...message, key: undefined }),
    },
  ],
  [
    'takes keys that it did not declare',
    'plain',
    'keys:',
    {
      outgoing: (message) => ({ ...message, key: undefined }),
    },
  ],
  [
    'takes headers that it did not declare',
    'automatic',
    'headers:',
    {
      outgoing: (message) => ({ ...message, headers: undefined }),
    },
  ],
  [
    'drops headers',
    'queue',
    'headers:',
    {
      outgoing: (message) => ({ ...message, headers: {} }),
    },
  ],
  [
    'chooses the partition itself',
    'log',
    'partitions:',
    {
      outgoing: (message) => ({ ...message, partition: 0 }),
    },
  ],
  [
    'does not delay',
    'queue',
    'delay:',
    {
      outgoing: (message) => ({ ...message, delayMs: 0 }),
    },
  ],
  [
    'has no groups',
    'queue',
    'message-groups:',
    {
      outgoing: (message) => ({ ...message, group: undefined }),
    },
  ],
  [
    'stores duplicates',
    'queue',
    'deduplication:',
    {
      outgoing: (message) => ({ ...message, deduplicationId: undefined }),
    },
  ],
  [
    'invents the place of a send',
    'log',
    'places:',
    {
      producerSink: (sink) => ({
        settled: (ticket, outcome, code, place, attempts) =>
          sink.settled(
            ticket,
            outcome,
            code,
            place && { ...place, position: { major: 1_000 - place.position.major, minor: 0 } },
            attempts,
          ),
      }),
    },
  ],
  [
    'delivers before it is asked',
    'plain',
    'nothing is delivered without',
    {
      consumer: (good) => {
        good.request(5);
        return {};
      },
    },
  ],
  [
    'forgets permits',
    'plain',
    'nothing is delivered without',
    {
      consumer: (good) => {
        let asked = false;
        return {
          request: (permits) => {
            if (!asked) good.request(permits);
            asked = true;
          },
        };
      },
    },
  ],
  [
    'gives up when nothing is there',
    'plain',
    'a permit waits',
    {
      consumer: (good) => ({
        request: (permits) => void setTimeout(() => good.request(permits), 5_000).unref(),
      }),
    },
  ],
  [
    'calls every delivery a redelivery',
    'broker',
    'a first delivery says',
    {
      consumerSink: (sink) => ({
        deliver: (batch) => sink.deliver(batch.map((one) => ({ ...one, redelivered: true }))),
      }),
    },
  ],
  [
    'never calls a delivery a redelivery',
    'broker',
    'what was not settled',
    {
      consumerSink: (sink) => ({
        deliver: (batch) => sink.deliver(batch.map((one) => ({ ...one, redelivered: false }))),
      }),
    },
  ],
  ['does not seek', 'log', 'seek:', { consumer: () => ({ seek: () => Promise.resolve() }) }],
  ['forgets at close what was not settled', 'broker', 'what was not settled', forgetful()],
  [
    'answers acknowledgements it does not apply',
    'plain',
    'an acknowledged message',
    {
      consumer: (_good, sink) => ({
        settle: (ticket) => void setImmediate(() => sink.settled(ticket, -1, 'ok', 0)),
      }),
    },
  ],
  [
    'acknowledges all before, one by one',
    'log',
    'acknowledge covers',
    {
      consumer: (_good, sink) => ({
        settle: (ticket) => void setImmediate(() => sink.settled(ticket, -1, 'ok', 0)),
      }),
    },
  ],
  [
    'settles only the first of many',
    'plain',
    'one settlement may cover',
    {
      consumer: (good) => ({
        settle: (ticket, of, how) => good.settle(ticket, of.slice(0, 1), how),
      }),
    },
  ],
  [
    'requeues into nowhere',
    'broker',
    'requeue:',
    {
      consumer: (good) => ({ settle: (ticket, of) => good.settle(ticket, of, { how: 'reject' }) }),
    },
  ],
  [
    'rejects into the queue',
    'broker',
    'reject:',
    {
      consumer: (good) => ({
        settle: (ticket, of, how) =>
          good.settle(ticket, of, how.how === 'reject' ? { how: 'requeue' } : how),
      }),
    },
  ],
  [
    'does not extend',
    'queue',
    'extend:',
    {
      consumer: (good, sink) => ({
        settle: (ticket, of, how) => {
          if (how.how !== 'extend') good.settle(ticket, of, how);
          else setImmediate(() => sink.settled(ticket, -1, 'ok', 0));
        },
      }),
    },
  ],
  [
    'never lets a lease run out',
    'queue',
    'lease:',
    (good) => ({
      ...good,
      administer: (target, options) =>
        good.administer(target, { ...(options as object), leaseMs: 100_000 }),
    }),
  ],
  [
    'swallows requeue where it did not declare it',
    'plain',
    'requeue:',
    {
      consumer: (_good, sink) => ({
        settle: (ticket) => void setImmediate(() => sink.settled(ticket, -1, 'ok', 0)),
      }),
    },
  ],
  [
    'lets automatic deliveries be settled',
    'automatic',
    'automatic consumption',
    {
      consumer: () => ({ settle: () => undefined }),
    },
  ],
  [
    'never sends a message back',
    'broker',
    'an unroutable message',
    {
      producerSink: () => ({ returned: () => undefined }),
    },
  ],
  [
    'shows an empty backlog always',
    'plain',
    'the backlog grows',
    {
      administration: () => ({
        backlog: async () => ({ by: 'exact-depth', ready: 0, inFlight: 0 }),
      }),
    },
  ],
  [
    'shows a backlog that never ends',
    'log',
    'the backlog grows',
    {
      administration: () => ({
        backlog: async () => ({
          by: 'end-position',
          ends: [{ scope: 0, end: { major: 99, minor: 0 } }],
        }),
      }),
    },
  ],
  [
    'proves the drain otherwise than declared',
    'plain',
    'the backlog grows',
    {
      administration: () => ({ backlog: async () => ({ by: 'quiescence' }) }),
    },
  ],
  [
    'removes nothing',
    'plain',
    'remove removes',
    {
      administration: () => ({ remove: () => Promise.resolve() }),
    },
  ],
  [
    'takes a second subscription it cannot feed',
    'plain',
    'a second subscription',
    {
      administration: (good) => ({
        apply: (topology) =>
          good.apply({ ...topology, subscriptions: topology.subscriptions.slice(0, 1) }),
      }),
    },
  ],
  [
    'feeds one subscription of two',
    'broker',
    'a second subscription',
    {
      administration: (good) => ({
        apply: (topology) =>
          good.apply({
            destinations: [...topology.destinations, { name: 'elsewhere', scopes: 1 }],
            subscriptions: topology.subscriptions.map((one, index) =>
              index === 1 ? { ...one, destination: topology.destinations.length } : one,
            ),
          }),
      }),
    },
  ],
  ['keeps two cells in one place', 'plain', 'two cells do not', sharing()],
  [
    'commits what was aborted',
    'log',
    'transactions: an abort',
    {
      producer: (good) => ({
        begin: async () => {
          const transaction = await good.begin?.();
          if (transaction === undefined) throw new Error('no transaction');
          return Object.assign(transaction, { abort: () => transaction.commit() });
        },
      }),
    },
  ],
  [
    'leaves offsets out of the transaction',
    'log',
    'transactions: consumed offsets',
    {
      producer: (good) => ({
        begin: async () => {
          const transaction = await good.begin?.();
          if (transaction === undefined) throw new Error('no transaction');
          return Object.assign(transaction, { include: async () => 'ok' as const });
        },
      }),
    },
  ],
  [
    'lets a zombie commit',
    'log',
    'transactions: a new producer',
    {
      producer: (good) => ({
        begin: async () => {
          const transaction = await good.begin?.();
          if (transaction === undefined) throw new Error('no transaction');
          return {
            ...transaction,
            commit: async () => {
              await transaction.commit();
              return 'ok';
            },
          };
        },
      }),
    },
  ],
  [
    'hands scopes over without a word',
    'log',
    'rebalance-events:',
    {
      consumerSink: () => ({ revoking: () => Promise.resolve() }),
    },
  ],
];

/** Settles behind the harness's back, when the consumer closes, whatever it was given. */
function forgetful(): Defect {
  const given: Delivery[] = [];
  return {
    consumerSink: (sink) => ({
      deliver: (batch) => {
        given.push(...batch);
        sink.deliver(batch);
      },
    }),
    consumer: (good) => ({
      close: () => {
        good.settle(1_000_000, given, { how: 'acknowledge' });
        return good.close();
      },
    }),
  };
}

/** Every cell is deployed onto the names of the first. */
function sharing(): Defect {
  let first: Deployed | undefined;
  return {
    administration: (good) => ({
      apply: async (topology) => {
        first ??= await good.apply(topology);
        return first;
      },
    }),
  };
}

describe('the suite catches an engine that', () => {
  test.each(planted)('%s (as %s: %s)', async (what, profile, name, defect) => {
    const flawed = typeof defect === 'function' ? defect(reference) : withDefect(reference, defect);
    const prefix = `bite-${planted.findIndex(([other]) => other === what)}`;
    await expect(caseNamed(name).run(subject(flawed, profile, prefix))).rejects.toMatchObject({
      code: 'ENGINE_BROKE_CONTRACT',
    });
    // The same case passes without the defect, so it was the defect that it caught.
    await caseNamed(name).run(subject(reference, profile, `${prefix}-good`));
  });

  test.each<readonly [string, string, Change]>([
    ['has a name in capitals', 'the engine names itself', (good) => ({ ...good, id: 'Memory' })],
    [
      'takes options it does not know',
      'options refuse',
      (good) => ({ ...good, options: { parse: (value) => value } }),
    ],
    [
      'gives other traits each time',
      'traits depend',
      (good) => {
        let calls = 0;
        const traits = (options: unknown) => ({ ...good.traits(options), receiveLimit: ++calls });
        return { ...good, traits };
      },
    ],
    [
      'settles and consumes automatically at once',
      'traits do not contradict',
      (good) => ({
        ...good,
        traits: (options) => ({ ...good.traits(options), acknowledge: 'none' }),
      }),
    ],
    [
      'does not say where its guarantee is stated',
      'every profile is complete',
      (good) => ({
        ...good,
        profiles: { plain: { ...good.profiles['plain'], source: '' } as never },
      }),
    ],
    ['has no name for ok', 'outcome codes', (good) => ({ ...good, outcomes: { 1: 'refused' } })],
    [
      'makes a target of anything',
      'a URL is understood',
      (good) => ({
        ...good,
        external: (address) => ({ kind: 'external', title: '', address, nodes: 1, settings: {} }),
      }),
    ],
    [
      'names a wire module without a wire',
      'the wire module',
      (good) => ({ ...good, wire: new URL('./fixtures/memory/log.ts', import.meta.url) }),
    ],
  ])('%s (%s)', async (_what, name, change) => {
    const { run } = caseNamed(name);
    await expect(run(subject(change(reference), 'plain', 'static'))).rejects.toMatchObject({
      code: 'ENGINE_BROKE_CONTRACT',
    });
    await run(subject(reference, 'plain', 'static-good'));
  });

  test.each([
    ['loads its client when it is imported', 'importing the engine module', 'eager.ts', 'amqplib'],
    ['keeps a timer after close', 'a thread that used the engine', 'clinging.ts', 'Timeout'],
  ])('%s (%s)', async (_what, name, file, named) => {
    const module = new URL(`./fixtures/memory/${file}`, import.meta.url);
    const flawed = { ...subject(reference, 'plain', 'module'), module };
    await expect(caseNamed(name).run(flawed)).rejects.toThrow(named);
  });
});
