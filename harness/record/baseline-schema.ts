/** A baseline as it is kept: the record that later runs are compared with, and what has confirmed a newer one. */
import { z } from 'zod';
import { runRecord } from './schema.ts';

export const baselineSchemaVersion = 1;

const instant = z.string().describe('ISO 8601');

export const baseline = z.strictObject({
  schemaVersion: z.literal(baselineSchemaVersion),
  name: z.string(),
  fingerprint: z.string().describe('of the testbed; with the name the key'),
  testbed: z.array(z.strictObject({ what: z.string(), value: z.string() })),
  savedAt: instant.describe('when the record became the baseline'),
  advances: z.number().int().nonnegative().describe('how often a newer run took its place'),
  confirmations: z
    .array(z.strictObject({ run: z.string(), at: instant }))
    .describe('runs in a row that kept everything, the oldest first'),
  record: runRecord,
});

export type Baseline = z.infer<typeof baseline>;
