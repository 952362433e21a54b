import { z } from 'zod';
import { thresholdUnits } from '../core/threshold.ts';

/** What became of a threshold in one cell, all rounds together. */
export const thresholdRecord = z.strictObject({
  threshold: z.string().describe('as it was written'),
  cell: z.string().describe('engine@profile/scenario; empty: it is about no cell of this run'),
  value: z.number().nullable().describe('null: no figure'),
  unit: z.enum(thresholdUnits),
  isMet: z.boolean(),
  reason: z.string().describe('why there is no figure; empty otherwise'),
});

export type ThresholdRecord = z.infer<typeof thresholdRecord>;
