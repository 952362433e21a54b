import { ProduceAcks, Producer } from '@platformatic/kafka';
import { scopes } from '../workload.ts';
import { failOn, type Open } from './open.ts';

export const openKafka: Open = async (data, bodyOf, acknowledged) => {
  const producer = new Producer({
    clientId: 'bare',
    bootstrapBrokers: data.target.address.split(','),
    maxInflights: 5,
    acks: ProduceAcks.LEADER,
    idempotent: false,
    autocreateTopics: false,
  });
  const topic = data.deployed.topology.destinations[0]?.name ?? '';
  await producer.metadata({ topics: [topic] });
  return {
    publish: (first, count) => {
      const batched = Array.from({ length: count }, (_, i) => ({
        topic,
        partition: (first + i) % scopes,
        value: bodyOf(first + i),
      }));
      producer.send({ messages: batched, acks: ProduceAcks.LEADER }, (error) => {
        failOn(error);
        acknowledged(count);
      });
    },
    close: () => producer.close(true),
  };
};
