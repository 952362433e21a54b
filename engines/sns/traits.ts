import type { Capability, Limit, Traits } from '../engine.ts';
import { traits as queueTraits } from '../sqs/traits.ts';
import type { SnsOptions } from './options.ts';

/** Entries of a PublishBatch, and what fits into its 256 KiB in Base64, with room for the attributes. */
export const publishLimit: Limit = { messages: 10, bytes: 190_000 };

/**
 * The queues behind a topic do what queues do. A topic delays nothing, and the sequence number that it answers with is
 * not the one that a queue gives the message, so that there are no places.
 */
export function traits(options: SnsOptions): Traits {
  const queues = queueTraits(options);
  const capabilities = new Set<Capability>([...queues.capabilities, 'routing']);
  for (const none of ['delay', 'places'] as const) capabilities.delete(none);
  return { ...queues, capabilities, sendLimit: publishLimit };
}
