/**
 * What `ackmark compare <base> <head> --json` prints. Medians and intervals are over the rounds of a run;
 * every list is bounded by its writer.
 */
import { z } from 'zod';
import { checkIds } from '../core/anomalies.ts';
import { ExitCode } from '../core/exit-codes.ts';
import { clauseStates } from './clause-schema.ts';

const count = z.number().int().nonnegative();

/** What a figure is compared by. Nanoseconds, messages a second, microseconds a message. */
export const metricIds = [
  'throughput',
  'publish-p50',
  'publish-p99',
  'e2e-p50',
  'e2e-p99',
  'client-cpu',
  'broker-cpu',
] as const;
export type MetricId = (typeof metricIds)[number];

export const comparisonWords = ['improved', 'regressed', 'no change', 'within noise'] as const;
export type ComparisonWord = (typeof comparisonWords)[number];

export const estimate = z.strictObject({
  rounds: count,
  median: z.number(),
  low: z.number().describe('95 % bootstrap interval of the median; of one round, the round itself'),
  high: z.number(),
});

const bound = z.number().nullable().describe('null: so few rounds do not bound it');

export const comparisonRow = z.strictObject({
  profile: z.string(),
  scenario: z.string(),
  metric: z.enum(metricIds),
  base: estimate,
  head: estimate,
  factor: z.number().describe('head / base: exp of the Hodges–Lehmann shift of the logarithms'),
  low: bound,
  high: bound,
  p: z.number().describe('two-sided Mann–Whitney test'),
  adjustedP: z.number().describe('p after Benjamini and Hochberg, over all cells of the metric'),
  word: z.enum(comparisonWords),
  reason: z.string().describe('why it is within noise; empty otherwise'),
});

export const promiseChange = z.strictObject({
  profile: z.string(),
  scenario: z.string(),
  check: z.enum(checkIds),
  base: z.enum(clauseStates).nullable().describe('null: base did not judge it'),
  head: z.enum(clauseStates),
  isBroken: z.boolean().describe('a claim that was not broken before is now'),
});

const runIdentity = z.strictObject({ id: z.string(), ackmark: z.string(), startedAt: z.string() });

export const comparison = z.strictObject({
  schemaVersion: z.literal(2),
  base: runIdentity,
  head: runIdentity,
  minimumEffect: z.number().describe('a smaller relative change is none'),
  alpha: z.number(),
  testbed: z
    .array(z.strictObject({ what: z.string(), base: z.string(), head: z.string() }))
    .describe('where the machines differ; empty: alike'),
  rows: z.array(comparisonRow),
  promises: z.array(promiseChange),
  leftOut: z.array(z.strictObject({ what: z.string(), reason: z.string() })),
  outcome: z.strictObject({ exitCode: z.literal(Object.values(ExitCode)), reason: z.string() }),
});

export type Estimate = z.infer<typeof estimate>;
export type Comparison = z.infer<typeof comparison>;
export type ComparisonRow = z.infer<typeof comparisonRow>;
export type PromiseChange = z.infer<typeof promiseChange>;
