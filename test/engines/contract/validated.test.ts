import { describe, expect, test } from 'vitest';
import { type Rule, rules } from '../../../engines/contract/contract.ts';
import type { Delivery } from '../../../engines/engine.ts';
import { onSend, place } from './broken.ts';
import { brokenConsumers } from './broken-consumers.ts';
import { brokenProducers } from './broken-producers.ts';
import { delivery, letter, type Opened, open, type Script } from './scripted.ts';

const broken = [...brokenProducers, ...brokenConsumers];

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
