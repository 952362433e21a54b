import { z } from 'zod';
import { sqsOptions } from '../sqs/options.ts';

/** A topic for each destination, and for each subscription a queue of its own that is subscribed to it. */
export const snsOptions = sqsOptions
  .safeExtend({
    /** `raw`: a queue gets the message as it was published; `enveloped`: in the JSON document of a notification. */
    delivery: z.enum(['raw', 'enveloped']),
  })
  .refine(
    ({ service }) => service.does === 'what-the-target-does',
    'the proxy does not speak the protocol of SNS',
  );

export type SnsOptions = z.infer<typeof snsOptions>;
