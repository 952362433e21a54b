import type { ProducerSink } from '../../../engines/engine.ts';
import { KafkaProducer } from '../../../engines/kafka/producer.ts';
import { profiles } from '../../../engines/kafka/profiles.ts';
import { context } from './live-actors.ts';
import type { ScriptedBroker } from './scripted-broker.ts';

const patienceMs = 5_000;

export interface Told {
  readonly ticket: number;
  readonly outcome: string;
  readonly code: number;
}

/** A producer of one profile that is connected to a scripted broker, which stands for so many nodes, and what its sink was told. */
export async function producerAt(
  broker: ScriptedBroker,
  profile: keyof typeof profiles,
  shape: { readonly nodes: number; readonly scopes: number } = { nodes: 1, scopes: 1 },
) {
  const told: Told[] = [];
  const ends: unknown[] = [];
  const sink: ProducerSink = {
    settled: (ticket, outcome, code) => told.push({ ticket, outcome, code }),
    returned: () => undefined,
    writable: () => undefined,
    disconnected: (error) => ends.push(error),
  };
  const target = {
    kind: 'local',
    title: 'scripted',
    address: `127.0.0.1:${broker.port}`,
    nodes: shape.nodes,
    settings: {},
  };
  const destinations = [{ name: broker.topic, scopes: shape.scopes }];
  const spec = {
    deployed: { topology: { destinations, subscriptions: [] }, effective: [], settings: {} },
  };
  const producer = new KafkaProducer(target, profiles[profile].options, context(), spec, sink);
  await producer.open(target, patienceMs);
  /** One message to each of these partitions, as one batch. */
  const send = (partitions: readonly number[], firstTicket = 1): void => {
    const nothing = { key: undefined, group: undefined, deduplicationId: undefined };
    producer.send(
      partitions.map((partition, index) => {
        const ticket = firstTicket + index;
        const message = { ticket, destination: 0, partition, delayMs: 0, headers: undefined };
        return { ...nothing, ...message, body: Buffer.from(`message ${ticket}`) };
      }),
    );
  };
  return { told, ends, send, producer };
}
