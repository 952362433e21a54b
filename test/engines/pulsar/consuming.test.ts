import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Consumer, Session } from '../../../engines/engine.ts';
import { connectSession } from '../../../engines/pulsar/client.ts';
import { PulsarCode } from '../../../engines/pulsar/outcomes.ts';
import { profiles } from '../../../engines/pulsar/profiles.ts';
import { describeError } from '../../../harness/core/errors.ts';
import { Recorded, until } from '../live-cell.ts';
import { type Client, ScriptedBroker } from './scripted-broker.ts';

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

class Settled extends Recorded {
  readonly codes: [number, number, string, number][] = [];
  override settled(ticket: number, ...rest: unknown[]): void {
    const [index, outcome, code] = rest as [number, string, number];
    this.codes.push([ticket, index, outcome, code]);
  }
}

async function consuming(
  options: (typeof profiles)[keyof typeof profiles]['options'] = profiles.shared.options,
): Promise<{ consumer: Consumer; sink: Settled }> {
  const target = { kind: 'local', title: '', address, nodes: 1, settings: {} };
  const session = await connectSession(target, options, {
    name: 'me',
    nowNs: () => Math.round(performance.now() * 1e6),
    random: () => 0.5,
    signal: new AbortController().signal,
  });
  sessions.push(session);
  const sink = new Settled();
  const topology = {
    destinations: [{ name: 'd', scopes: 1 }],
    subscriptions: [{ name: 's', destination: 0 }],
  };
  const deployed = { topology, effective: [], settings: {} };
  const spec = { deployed, subscription: 0, start: { at: 'earliest' } } as const;
  const consumer = await session.consumer?.(spec, sink);
  if (consumer === undefined) throw new Error('no consumer');
  return { consumer, sink };
}

/** Delivers as many messages as are asked for, numbered from 0. */
function delivering(): void {
  let next = 0;
  broker.script = (command, client) => {
    if (command.kind !== 'flow') return false;
    const { consumerId, messagePermits } = command.body;
    for (let index = 0; index < messagePermits; index += 1) {
      client.deliver(consumerId, next, `message ${next}`);
      next += 1;
    }
    return true;
  };
}

const bodies = (kind: 'ack' | 'redeliverUnacknowledged' | 'flow'): readonly unknown[] =>
  broker.of(kind).map(({ command }) => (command as unknown as { body: unknown }).body);

describe('a consumer', () => {
  test('asks for as much as was asked for, in one command a turn', async () => {
    delivering();
    const { consumer, sink } = await consuming();
    consumer.request(1);
    consumer.request(2);
    await until(() => sink.deliveries.length === 3);
    expect(bodies('flow')).toEqual([{ consumerId: 2, messagePermits: 3 }]);
    expect(sink.deliveries[2]).toMatchObject({
      place: { scope: 0, position: { major: 5, minor: 2 } },
      attempt: undefined,
    });
  });

  test('acknowledges one by one where members share, and is told when the broker has taken it', async () => {
    delivering();
    const { consumer, sink } = await consuming();
    consumer.request(3);
    await until(() => sink.deliveries.length === 3);
    consumer.settle(7, [sink.deliveries[0], sink.deliveries[2]] as never, { how: 'acknowledge' });
    await until(() => sink.codes.length === 1);
    expect(sink.codes).toEqual([[7, -1, 'ok', PulsarCode.ok]]);
    expect(bodies('ack')).toMatchObject([
      { ackType: 0, messageIds: [{ entryId: 0 }, { entryId: 2 }] },
    ]);
  });

  test('acknowledges up to the last where one member is served', async () => {
    delivering();
    const { consumer, sink } = await consuming(profiles.failover.options);
    consumer.request(3);
    await until(() => sink.deliveries.length === 3);
    consumer.settle(7, sink.deliveries, { how: 'acknowledge' });
    await until(() => sink.codes.length === 1);
    expect(bodies('ack')).toMatchObject([{ ackType: 1, messageIds: [{ entryId: 2 }] }]);
    expect(() => consumer.settle(8, [], { how: 'requeue' })).toThrow(/requeue/);
  });

  test('has given a message back when the broker has answered behind it', async () => {
    delivering();
    const pings: Client[] = [];
    const { consumer, sink } = await consuming();
    consumer.request(1);
    await until(() => sink.deliveries.length === 1);
    broker.script = ({ kind }, client) => {
      if (kind === 'ping') pings.push(client);
      return kind === 'ping';
    };
    consumer.settle(7, sink.deliveries, { how: 'requeue' });
    await until(() => pings.length === 1);
    expect(bodies('redeliverUnacknowledged')).toMatchObject([{ messageIds: [{ entryId: 0 }] }]);
    expect(sink.codes).toEqual([]);
    pings[0]?.say('pong', {});
    await until(() => sink.codes.length === 1);
    expect(sink.codes).toEqual([[7, -1, 'ok', PulsarCode.ok]]);
  });

  test('tells of a settlement whose answer was lost that it is unknown, and then of the loss', async () => {
    delivering();
    const { consumer, sink } = await consuming();
    consumer.request(1);
    await until(() => sink.deliveries.length === 1);
    broker.script = ({ kind }, client) => {
      if (kind === 'ack') client.cut();
      return kind === 'ack';
    };
    consumer.settle(7, sink.deliveries, { how: 'acknowledge' });
    await until(() => sink.disconnections.length === 1);
    expect(sink.codes).toEqual([[7, -1, 'unknown', PulsarCode.connectionLost]]);
  });

  test('tells with the loss of its connection how the broker put it when it refused an acknowledgement', async () => {
    delivering();
    const { consumer, sink } = await consuming();
    consumer.request(1);
    await until(() => sink.deliveries.length === 1);
    const clients: Client[] = [];
    broker.script = (command, client) => {
      if (command.kind !== 'ack') return false;
      clients.push(client);
      const { consumerId, requestId = 0 } = command.body;
      const message = 'the ledger is fenced';
      client.say('ackResponse', { consumerId, requestId, error: 2, message });
      return true;
    };
    consumer.settle(7, sink.deliveries, { how: 'acknowledge' });
    await until(() => sink.codes.length === 1);
    expect(sink.codes).toEqual([[7, -1, 'unknown', PulsarCode.brokerError]]);
    clients[0]?.cut();
    await until(() => sink.disconnections.length === 1);
    expect(describeError(sink.disconnections[0])).toMatch(
      /after an acknowledgement was refused: PersistenceError: the ledger is fenced$/,
    );
  });

  test('is over when the broker closes it, though the connection stays', async () => {
    const { sink } = await consuming();
    broker.script = () => false;
    const { consumer, sink: other } = await consuming();
    broker.script = (command, client) => {
      if (command.kind !== 'flow') return false;
      client.say('closeConsumer', { consumerId: command.body.consumerId, requestId: 0 });
      return true;
    };
    consumer.request(1);
    await until(() => other.disconnections.length === 1);
    expect(sink.disconnections).toEqual([]);
  });

  test('is over when what it is sent cannot be a message', async () => {
    broker.script = (command, client) => {
      if (command.kind !== 'flow') return false;
      client.deliver(command.body.consumerId, -1, 'nowhere');
      return true;
    };
    const { consumer, sink } = await consuming();
    consumer.request(1);
    await until(() => sink.disconnections.length === 1);
    expect(sink.deliveries).toEqual([]);
  });
});
