/** What `ackmark compare <run> --by engine --json` prints: profiles of one promise beside each other. */
import { z } from 'zod';
import { claimedLevels, faultDomains } from '../core/clauses.ts';
import { estimate, metricIds } from './comparison-schema.ts';

export const rankedProfile = z.strictObject({
  profile: z.string(),
  rank: z.number().int().positive().describe('1 is best; shared where nothing tells two apart'),
  figures: z.partialRecord(z.enum(metricIds), estimate).describe('medians over valid rounds'),
});

export const rankingTable = z.strictObject({
  scenario: z.string(),
  level: z.enum(claimedLevels),
  survives: z
    .array(z.enum(faultDomains))
    .describe('the faults under which these profiles claim their level, of those in this run'),
  targetRatePerSecond: z.number().describe('0 for a closed loop'),
  rows: z.array(rankedProfile),
});

export const ranking = z.strictObject({
  schemaVersion: z.literal(1),
  run: z.string(),
  by: z.enum(metricIds).describe('what ranks'),
  tables: z.array(rankingTable),
  notRanked: z.array(
    z.strictObject({ profile: z.string(), scenario: z.string(), reasons: z.array(z.string()) }),
  ),
});

export type Ranking = z.infer<typeof ranking>;
export type RankingTable = z.infer<typeof rankingTable>;
export type RankedProfile = z.infer<typeof rankedProfile>;
