/** What `ackmark search` found of one profile, as it stands in a run record. Rates are messages per second. */
import { z } from 'zod';
import { percentiles, timedStages } from '../core/threshold.ts';
import { limit } from './limit-schema.ts';

const count = z.number().int().nonnegative();
const rate = z.number().positive();

/** Why a point was measured: to find where it breaks, to come closer, to make sure, or for the picture. */
export const pointPurposes = ['bracket', 'bisect', 'confirm', 'curve'] as const;
export type PointPurpose = (typeof pointPurposes)[number];

/** `undecided`: what was asked for was missed or could not be seen, and the engine may not be to blame. */
export const pointOutcomes = ['met', 'missed', 'undecided', 'error'] as const;
export type PointOutcome = (typeof pointOutcomes)[number];

/** `generator` and `harness` are faults of this side, `figure` is one that is not there; the others are the engine's. */
export const reasonKinds = [
  'objective',
  'loss',
  'refused',
  'backlog',
  'drain',
  'rate',
  'generator',
  'harness',
  'figure',
  'error',
] as const;
export type ReasonKind = (typeof reasonKinds)[number];

export const pointReason = z.strictObject({ kind: z.enum(reasonKinds), text: z.string() });

const pointFigures = z.strictObject({
  achievedRatePerSecond: z.number(),
  deliveredRatePerSecond: z.number(),
  publishP99Ns: z.number().describe('0: no send is answered'),
  endToEndP50Ns: z.number(),
  endToEndP99Ns: z.number(),
  endToEndP999Ns: z.number(),
  backlogPerSecond: z
    .number()
    .nullable()
    .describe('fitted growth of the backlog; null: too few whole seconds, or not known'),
  clientCpuMicrosPerMessage: z.number(),
  brokerCpuMicrosPerMessage: z.number().nullable(),
});

export const searchPoint = z.strictObject({
  cell: z.string().describe('id of the cell that was run'),
  purpose: z.enum(pointPurposes),
  ratePerSecond: rate,
  outcome: z.enum(pointOutcomes),
  reasons: z.array(pointReason).describe('why it was not met; empty when it was'),
  limit: limit.nullable(),
  figures: pointFigures.nullable().describe('null: the cell could not be run'),
  replay: z.string().describe('the command that runs this load again'),
});

/** `found` alone is an answer; `at-least` is a lower bound, because nothing above it says anything of the engine. */
export const searchResult = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.literal('found'),
    ratePerSecond: rate.describe('the highest at which every confirming run met the objective'),
    missedAtPerSecond: rate.describe('the lowest at which it was missed'),
  }),
  z.strictObject({
    is: z.literal('at-least'),
    ratePerSecond: rate,
    missedAtPerSecond: rate
      .nullable()
      .default(null)
      .describe('the lowest at which it was missed; null: at none'),
    because: z.enum(['undecided', 'maximum-rate']),
    reason: z.string(),
  }),
  z.strictObject({
    is: z.literal('none'),
    missedAtPerSecond: rate.describe('also the lowest rate that was tried'),
  }),
  z.strictObject({
    is: z.literal('stopped'),
    because: z.enum(['points', 'time', 'interrupted', 'errors', 'undecided', 'contradicted']),
    metAtPerSecond: rate.nullable().describe('the highest that was met so far, not confirmed'),
    missedAtPerSecond: rate.nullable(),
    reason: z.string(),
  }),
]);

export const searchRecord = z.strictObject({
  profile: z.string().describe('engine@profile'),
  scenario: z.string(),
  objectives: z.array(z.string()).min(1),
  limits: z
    .array(
      z.strictObject({
        text: z.string(),
        stage: z.enum(timedStages),
        percentile: z.enum(percentiles),
        limitNs: z.number(),
      }),
    )
    .default([])
    .describe('of the objectives, those that are limits on a latency'),
  pointSeconds: z.number().positive(),
  tolerance: z.number().positive().describe('how far apart the bounds may stay, as a share'),
  confirmations: count,
  result: searchResult,
  curve: z
    .enum(['whole', 'cut', 'none'])
    .describe('cut: a bound of the search or an interruption ended it'),
  points: z.array(searchPoint),
});

export type SearchRecord = z.infer<typeof searchRecord>;
export type SearchResult = z.infer<typeof searchResult>;
export type SearchPoint = z.infer<typeof searchPoint>;
export type PointFigures = z.infer<typeof pointFigures>;
export type PointReason = z.infer<typeof pointReason>;
