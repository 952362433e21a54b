import type { Capability, Limit, Traits } from '../engine.ts';
import { traits as queueTraits } from '../sqs/traits.ts';
import type { SnsOptions } from './options.ts';

/** Entries of a PublishBatch, and what fits into its 256 KiB in Base64, with room for the attributes. */
export const publishLimit: Limit = { messages: 10, bytes: 190_000 };

/** The queues behind a topic do what queues do. A topic delays nothing. */
export function traits(options: SnsOptions): Traits {
  const queues = queueTraits(options);
  const capabilities = new Set<Capability>([...queues.capabilities, 'routing']);
  capabilities.delete('delay');
  return { ...queues, capabilities, sendLimit: publishLimit };
}
