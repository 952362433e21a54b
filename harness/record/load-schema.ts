import { z } from 'zod';

export const loadTraits = z
  .record(z.string(), z.string())
  .default({})
  .describe('all that the cell was loaded with, one word for each trait; empty: not told');

export const backlog = z
  .strictObject({
    messages: z
      .number()
      .int()
      .nonnegative()
      .describe('deliveries, all of which waited for consumers'),
    tookNs: z.number().describe('from when the consumers were called to their last delivery'),
    ratePerSecond: z.number().describe('deliveries after the first, from the first to the last'),
  })
  .describe('Worked off by consumers that came when the load was over');

export const warmUp = z.strictObject({
  steady: z.boolean().describe('false: it ended because it may not last longer'),
  messages: z.number().int().nonnegative().describe('sent before anything was measured'),
  tookNs: z.number(),
});

export type BacklogRecord = z.infer<typeof backlog>;
export type WarmUpRecord = z.infer<typeof warmUp>;
