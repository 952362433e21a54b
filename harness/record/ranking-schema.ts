/** What `ackmark compare <run> --by engine --json` prints: profiles of one promise beside each other. */
import { z } from 'zod';
import { claimedLevels, faultDomains } from '../core/clauses.ts';
import { estimate, metricIds } from './comparison-schema.ts';

const figures = z
  .partialRecord(z.enum(metricIds), estimate)
  .describe('medians over valid rounds; empty: no round is valid');

const rounds = z.strictObject({
  valid: z.number().int().nonnegative(),
  run: z.number().int().nonnegative(),
});

export const rankedProfile = z.strictObject({
  profile: z.string(),
  rank: z
    .number()
    .int()
    .positive()
    .nullable()
    .describe('1 is best; shared where nothing tells two apart; null: too few rounds for one'),
  reason: z.string().describe('why it has no rank; empty: it has one'),
  rounds,
  figures,
});

export const rankingTable = z.strictObject({
  scenario: z.string(),
  level: z.enum(claimedLevels),
  survives: z
    .array(z.enum(faultDomains))
    .describe(
      'faults of the broker under which these profiles claim their level, of those in this run',
    ),
  targetRatePerSecond: z.number().describe('0 for a closed loop'),
  rows: z.array(rankedProfile),
});

/** Why a profile has no rank; of several reasons the first. */
export const exclusions = [
  'claim-broken',
  'failed',
  'not-decided',
  'unsupported',
  'driver-limited',
  'invalid',
  'unlike-durability',
  'not-measured',
] as const;
export type Exclusion = (typeof exclusions)[number];

export const unrankedProfile = z.strictObject({
  profile: z.string(),
  scenario: z.string(),
  level: z.enum(claimedLevels),
  why: z.enum(exclusions),
  reasons: z.array(z.string()),
  rounds,
  figures,
});

const bound = z.number().nullable().describe('null: so few rounds do not bound it');

export const levelStep = z.strictObject({
  scenario: z.string(),
  from: z.string().describe('engine@profile of the weaker level'),
  to: z.string().describe('engine@profile of the stronger level, of the same engine'),
  levels: z.strictObject({ from: z.enum(claimedLevels), to: z.enum(claimedLevels) }),
  factors: z
    .partialRecord(
      z.enum(metricIds),
      z.strictObject({ factor: z.number(), low: bound, high: bound }),
    )
    .describe('to / from'),
});

export const ranking = z.strictObject({
  schemaVersion: z.literal(3),
  run: z.string(),
  by: z.enum(metricIds).describe('what ranks'),
  tables: z.array(rankingTable),
  steps: z.array(levelStep).describe('what an engine’s next level costs, at the same load'),
  notRanked: z.array(unrankedProfile),
});

export type Ranking = z.infer<typeof ranking>;
export type RankingTable = z.infer<typeof rankingTable>;
export type RankedProfile = z.infer<typeof rankedProfile>;
export type UnrankedProfile = z.infer<typeof unrankedProfile>;
export type LevelStep = z.infer<typeof levelStep>;
export type RoundsOf = z.infer<typeof rounds>;
