import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addressOf } from '../../../engines/pulsar/address.ts';
import { connectSession } from '../../../engines/pulsar/client.ts';
import { PulsarConnection } from '../../../engines/pulsar/connection.ts';
import type { PulsarOptions } from '../../../engines/pulsar/options.ts';
import { PulsarCode } from '../../../engines/pulsar/outcomes.ts';
import { PulsarProducer } from '../../../engines/pulsar/producer.ts';
import { profiles } from '../../../engines/pulsar/profiles.ts';
import type { Producer, Session } from '../../../engines/engine.ts';
import { numbered, outgoing, Recorded, until } from '../live-cell.ts';
import { ScriptedBroker } from './scripted-broker.ts';

const plain = profiles.shared.options;
const again = profiles.deduplicated.options;

let broker: ScriptedBroker;
let address = '';
const sessions: Session[] = [];
beforeEach(async () => {
  broker = new ScriptedBroker();
  address = await broker.listen();
});
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
  broker.close();
});

const target = () => ({ kind: 'local', title: '', address, nodes: 1, settings: {} }) as const;
const actor = {
  name: 'me',
  nowNs: () => Math.round(performance.now() * 1e6),
  random: () => 0.5,
  signal: new AbortController().signal,
};
const topology = { destinations: [{ name: 'd', scopes: 1 }], subscriptions: [] };
const deployed = { topology, effective: [], settings: {} };

async function producing(options: PulsarOptions): Promise<{ producer: Producer; sink: Recorded }> {
  const session = await connectSession(target(), options, actor);
  sessions.push(session);
  const sink = new Recorded();
  const producer = await session.producer?.({ deployed }, sink);
  if (producer === undefined) throw new Error('no producer');
  return { producer, sink };
}

/** Whole numbers of the sends that a client heard. */
const sequence = (client: number): readonly number[] =>
  broker.of('send').flatMap(({ client: of, command }) => {
    if (of !== client || command.kind !== 'send') return [];
    return [(command as { body: { sequenceId: number } }).body.sequenceId];
  });

describe('a producer whose sends the harness repeats', () => {
  test('takes the broker’s name, and a receipt is the place of the message', async () => {
    const { producer, sink } = await producing(plain);
    producer.send(numbered(3));
    await producer.flush();
    expect(broker.of('send').map(({ producerName }) => producerName)[0]).toBe('the-broker’s-1');
    expect(sink.results.get(2)).toEqual({
      outcome: 'ok',
      code: PulsarCode.ok,
      place: { scope: 0, position: { major: 5, minor: 3 } },
      attempts: 1,
    });
  });

  test('is over when its connection is, and what is unanswered is unknown', async () => {
    broker.script = ({ kind }, client) => {
      if (kind !== 'send') return false;
      client.cut();
      return true;
    };
    const { producer, sink } = await producing(plain);
    producer.send(numbered(2));
    await until(() => sink.disconnections.length === 1);
    const lost = { outcome: 'unknown', code: PulsarCode.connectionLost, attempts: 1 };
    expect(sink.results.get(0)).toMatchObject(lost);
    expect(sink.results.get(1)).toMatchObject(lost);
    producer.send([outgoing(2, 'too late')]);
    await producer.flush();
    expect(sink.results.get(2)).toMatchObject({ outcome: 'fail', code: PulsarCode.notConnected });
    expect(broker.of('connect')).toHaveLength(1);
  });

  test.each([
    ['ChecksumError', 9, 'fail', PulsarCode.refusedByBroker],
    ['TopicTerminatedError', 15, 'fail', PulsarCode.refusedByBroker],
    ['NotAllowedError', 22, 'fail', PulsarCode.refusedByBroker],
    ['UnknownError', 0, 'unknown', PulsarCode.brokerError],
    ['PersistenceError', 2, 'unknown', PulsarCode.brokerError],
    ['ServiceNotReady', 6, 'unknown', PulsarCode.brokerError],
    ['one that is newer than this client', 99, 'unknown', PulsarCode.brokerError],
  ])('takes %s for what it is', async (_, error, outcome, code) => {
    broker.script = (command, client) => {
      if (command.kind !== 'send') return false;
      const { producerId, sequenceId } = command.body;
      client.say('sendError', { producerId, sequenceId, error, message: 'because' });
      return true;
    };
    const { producer, sink } = await producing(plain);
    producer.send([outgoing(1, 'refused')]);
    await producer.flush();
    expect(sink.results.get(1)).toMatchObject({ outcome, code });
  });

  test('gives a send up that has no answer in time, and hears no later one', async () => {
    const late: (() => void)[] = [];
    broker.script = (command, client) => {
      if (command.kind !== 'send') return false;
      const { producerId, sequenceId } = command.body;
      late.push(() => client.say('sendReceipt', { producerId, sequenceId }));
      return true;
    };
    const { producer, sink } = await producing({ ...plain, answerTimeoutMs: 1_000 });
    producer.send([outgoing(1, 'slow')]);
    await producer.flush();
    expect(sink.results.get(1)).toMatchObject({ outcome: 'unknown', code: PulsarCode.noAnswer });
    late[0]?.();
    broker.script = () => false;
    producer.send([outgoing(2, 'next')]);
    await producer.flush();
    expect(sink.results.get(2)).toMatchObject({ outcome: 'ok' });
    expect(sink.results.get(1)).toMatchObject({ outcome: 'unknown', code: PulsarCode.noAnswer });
  });

  test('refuses what is too large, and what Pulsar has not, before any byte', async () => {
    const { producer, sink } = await producing(plain);
    producer.send([
      outgoing(1, 'x'.repeat(1_001)),
      outgoing(2, 'for one', { partition: 0 }),
      outgoing(3, 'by id', { deduplicationId: 'one' }),
      outgoing(4, 'later', { delayMs: 1 }),
      outgoing(5, 'in a group', { group: 'g' }),
      outgoing(6, 'good'),
    ]);
    await producer.flush();
    const code = [1, 2, 3, 4, 5, 6].map((ticket) => sink.results.get(ticket)?.code);
    const { refusedByClient, unsupported, ok } = PulsarCode;
    expect(code).toEqual([refusedByClient, unsupported, unsupported, unsupported, unsupported, ok]);
    expect(broker.of('send').map(({ payload }) => payload)).toEqual(['good']);
  });
});

describe('a producer that sends again itself', () => {
  test('comes back under its name, and sends in order what is unanswered, and then what is new', async () => {
    const isAnswered = new Set([0, 1]);
    let cut = false;
    broker.script = (command, client) => {
      if (command.kind !== 'send' || cut || isAnswered.has(command.body.sequenceId)) return false;
      if (command.body.sequenceId < 4) return true; // said nothing, whatever was stored
      cut = true;
      client.cut();
      return true;
    };
    const { producer, sink } = await producing(again);
    producer.send(numbered(5));
    await until(() => cut);
    producer.send(numbered(2, 5));
    await producer.flush();
    expect(sequence(1)).toEqual([0, 1, 2, 3, 4]);
    expect(sequence(2)).toEqual([2, 3, 4, 5, 6]);
    expect(new Set(broker.of('send').map(({ producerName }) => producerName))).toEqual(
      new Set(['me']),
    );
    const attempts = Array.from({ length: 7 }, (_, n) => sink.results.get(n)?.attempts);
    expect(attempts).toEqual([1, 1, 2, 2, 2, 1, 1]);
    expect([...sink.results.values()].every(({ outcome }) => outcome === 'ok')).toBe(true);
    expect(sink.disconnections).toEqual([]);
  });

  test('sends what is unanswered before a message that comes in the very turn of its return', async () => {
    broker.script = ({ kind }, client) => {
      if (kind !== 'send' || client.number > 1) return false;
      if (broker.of('send').length === 3) client.cut();
      return true;
    };
    const { broker: at } = addressOf(target());
    const { name, signal } = actor;
    const open = () => PulsarConnection.open({ at, name, signal });
    const connect = async (): Promise<PulsarConnection> => {
      const connection = await open();
      // Read when the broker knows the producer, in the last turn before it is used.
      const get = (): number => {
        queueMicrotask(() => producer.send(numbered(1, 3)));
        return 1_000;
      };
      return Object.defineProperty(connection, 'maxMessageBytes', { get });
    };
    const first = await open();
    const sink = new Recorded();
    const producer = await PulsarProducer.open(first, connect, again, deployed, sink, actor);
    producer.send(numbered(3));
    await until(() => sink.results.size === 4);
    await producer.close();
    await first.close();
    expect(sequence(2)).toEqual([0, 1, 2, 3]);
  });

  test('asks again while the broker takes its predecessor for alive', async () => {
    let refusals = 0;
    let sends = 0;
    broker.script = (command, client) => {
      if (command.kind === 'send' && sends++ === 0) {
        client.cut();
        return true;
      }
      if (command.kind !== 'producer' || client.number === 1 || refusals === 2) return false;
      refusals += 1;
      const { requestId } = command.body;
      client.say('error', { requestId, error: 16, message: 'is already connected' });
      return true;
    };
    const { producer, sink } = await producing(again);
    producer.send([outgoing(1, 'once')]);
    await producer.flush();
    expect(refusals).toBe(2);
    expect(sink.results.get(1)).toMatchObject({ outcome: 'ok', attempts: 2 });
  });

  test('sends everything again, as the Java client does, when a message could not be written', async () => {
    let errors = 0;
    broker.script = (command, client) => {
      if (command.kind !== 'send' || errors > 0) return false;
      errors += 1;
      const { producerId, sequenceId } = command.body;
      client.say('sendError', { producerId, sequenceId, error: 2, message: 'no bookies' });
      return true;
    };
    const { producer, sink } = await producing(again);
    producer.send([outgoing(1, 'first')]);
    await producer.flush();
    expect(sink.results.get(1)).toMatchObject({ outcome: 'ok', attempts: 2 });
    expect(broker.of('connect')).toHaveLength(2);
  });

  test('knows no place of what the broker has recognised, and tells none', async () => {
    broker.script = (command, client) => {
      if (command.kind !== 'send') return false;
      const { producerId, sequenceId } = command.body;
      const messageId = { ledgerId: -1, entryId: -1, partition: -1, batchIndex: -1 };
      client.say('sendReceipt', { producerId, sequenceId, messageId });
      return true;
    };
    const { producer, sink } = await producing(again);
    producer.send([outgoing(1, 'a copy')]);
    await producer.flush();
    expect(sink.results.get(1)).toMatchObject({ outcome: 'ok', place: undefined });
  });

  test('gives up in time: what was sent is unknown, what never left has failed', async () => {
    broker.script = ({ kind }, client) => {
      if (kind === 'send') client.cut();
      return kind === 'send' || (kind === 'producer' && client.number > 1);
    };
    const { producer, sink } = await producing({ ...again, deliveryTimeoutMs: 1_000 });
    producer.send([outgoing(1, 'sent')]);
    await until(() => broker.of('connect').length > 1);
    producer.send([outgoing(2, 'kept')]);
    await until(() => sink.disconnections.length === 1);
    expect(sink.results.get(1)).toMatchObject({ outcome: 'unknown', code: PulsarCode.noAnswer });
    expect(sink.results.get(2)).toMatchObject({ outcome: 'fail', code: PulsarCode.notConnected });
  });
});
