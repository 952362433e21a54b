import { z } from 'zod';
import { kafkaOptions } from '../kafka/options.ts';

export const redpandaOptions = z.strictObject({
  /** The client, which is Kafka's. What of it is about Kafka's own broker (`minInsyncReplicas`) means nothing here. */
  kafka: kafkaOptions,
  /** `write.caching` of the topics. `on`: an acknowledgement means that replicas have a record in their memory. */
  writeCaching: z.enum(['on', 'off']),
});

export type RedpandaOptions = z.infer<typeof redpandaOptions>;
