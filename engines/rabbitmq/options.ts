import { z } from 'zod';

/**
 * Everything a RabbitMQ profile decides. What is not here is fixed: one durable exchange per destination
 * (fanout where it does not route), one durable queue per subscription, TCP_NODELAY on, no reconnection inside
 * the client.
 */
export const rabbitOptions = z
  .strictObject({
    queueType: z.enum(['classic', 'quorum']).default('classic'),
    /** Delivery mode 2; transient messages are discarded when the broker restarts. */
    persistent: z.boolean().default(true),
    /** `automatic` is `no-ack`: the broker forgets a message when it writes it to the socket. */
    acknowledgement: z.enum(['manual', 'automatic']).default('manual'),
    /**
     * What a message is given back with. Since 4.3 only `basic.reject` says that processing failed and counts
     * towards a delivery limit, and each is one frame; before, there is no difference.
     */
    requeueWith: z.enum(['nack', 'reject']).default('nack'),
    /** Of several consumers of a queue only one gets anything (`x-single-active-consumer`). */
    singleActive: z.boolean().default(false),
    /** An unroutable message comes back (`basic.return`) instead of being confirmed and dropped. */
    mandatory: z.boolean().default(true),
    resend: z.enum(['nobody', 'harness']).default('harness'),
    /** Length at which the queue refuses further publishes (`x-overflow: reject-publish`); 0 = none. */
    maxLength: z.int().min(0).default(0),
    /**
     * What becomes of a message that was delivered as often as its subscription allows. Only quorum queues count;
     * they drop it when nobody has named a dead-letter exchange.
     */
    deadLetters: z.enum(['none', 'exchange', 'dropped']).default('none'),
    /** Silence of two of these ends a connection, on both sides. */
    heartbeatSeconds: z.int().min(1).max(600).default(10),
  })
  .refine(({ queueType, deadLetters }) => queueType === 'quorum' || deadLetters === 'none', {
    error: 'only a quorum queue has a delivery limit',
    path: ['deadLetters'],
  });

export type RabbitOptions = z.infer<typeof rabbitOptions>;
