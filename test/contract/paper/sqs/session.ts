import type { ActorContext, Session, Target } from '../../../../engines/engine.ts';
import { clientFor } from './client.ts';
import { SqsConsumer } from './consumer.ts';
import engine, { type SqsOptions } from './engine.ts';
import { SqsProducer } from './producer.ts';

export async function connect(
  target: Target,
  options: SqsOptions,
  actor: ActorContext,
): Promise<Session> {
  const client = clientFor(target);
  const traits = engine.traits(options);
  const consumers: SqsConsumer[] = [];
  const producers: SqsProducer[] = [];
  return {
    producer: async (spec, sink) => {
      const producer = new SqsProducer(client, traits, spec.deployed, sink, actor);
      producers.push(producer);
      return producer;
    },
    consumer: async (spec, sink) => {
      if (spec.start.at === 'position' || spec.start.at === 'time') {
        throw new Error(`a queue has no ${spec.start.at} to start at`);
      }
      const consumer = new SqsConsumer(client, options, traits, spec, sink, actor);
      consumers.push(consumer);
      return consumer;
    },
    close: async () => {
      await Promise.all([...consumers, ...producers].map((member) => member.close()));
      client.destroy();
    },
  };
}
