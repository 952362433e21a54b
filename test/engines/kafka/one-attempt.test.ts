import { afterEach, describe, expect, it } from 'vitest';
import type { ProducerSink } from '../../../engines/engine.ts';
import { brokerCode } from '../../../engines/kafka/outcomes.ts';
import { KafkaProducer } from '../../../engines/kafka/producer.ts';
import { profiles } from '../../../engines/kafka/profiles.ts';
import { context } from './live-actors.ts';
import { ScriptedBroker } from './scripted-broker.ts';

const notLeader = 6;
const notEnoughReplicas = 19;
const patienceMs = 5_000;

const left: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const leave of left.splice(0).toReversed()) await leave();
});

async function producerAt(broker: ScriptedBroker) {
  const told: { readonly outcome: string; readonly code: number }[] = [];
  const sink: ProducerSink = {
    settled: (_ticket, outcome, code) => told.push({ outcome, code }),
    returned: () => undefined,
    writable: () => undefined,
    disconnected: () => undefined,
  };
  const target = {
    kind: 'local',
    title: 'scripted',
    address: `127.0.0.1:${broker.port}`,
    nodes: 1,
    settings: {},
  };
  const topology = { destinations: [{ name: broker.topic, scopes: 1 }], subscriptions: [] };
  const spec = { deployed: { topology, effective: [], settings: {} } };
  const options = profiles['acks-all-no-retries'].options;
  const producer = new KafkaProducer(target, options, context(), spec, sink);
  left.push(() => producer.close());
  await producer.open(target, patienceMs);
  const send = async (ticket: number) => {
    const nothing = { key: undefined, group: undefined, deduplicationId: undefined };
    const message = { ticket, destination: 0, partition: 0, delayMs: 0, headers: undefined };
    producer.send([{ ...nothing, ...message, body: Buffer.from(`message ${ticket}`) }]);
    await producer.flush();
  };
  return { told, send };
}

async function scripted(script: readonly number[]): Promise<ScriptedBroker> {
  const broker = await ScriptedBroker.start(script);
  left.push(() => broker.stop());
  return broker;
}

describe('a Kafka producer that sends nothing again', () => {
  it('does not take a refusal of a second attempt for the word about the first', async () => {
    const broker = await scripted([notLeader, notEnoughReplicas]);
    const { told, send } = await producerAt(broker);
    await send(1);
    // A leader that is none any more may have appended it before it was struck off.
    expect(told).toEqual([{ outcome: 'unknown', code: brokerCode(notLeader) }]);
    expect(broker.produced).toBe(1);
  });

  it('asks for the leader before the next send when the last went to the wrong one', async () => {
    const broker = await scripted([notLeader]);
    const { told, send } = await producerAt(broker);
    await send(1);
    const asked = broker.metadataAsked;
    await send(2);
    expect(broker.metadataAsked).toBe(asked + 1);
    expect(told.map(({ outcome }) => outcome)).toEqual(['unknown', 'ok']);
  });

  it('tells a refusal below the minimum as one', async () => {
    const broker = await scripted([notEnoughReplicas]);
    const { told, send } = await producerAt(broker);
    await send(1);
    expect(told).toEqual([{ outcome: 'fail', code: brokerCode(notEnoughReplicas) }]);
  });
});
