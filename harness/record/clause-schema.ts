import { z } from 'zod';
import { checkIds } from '../core/anomalies.ts';
import { claimSets, obligations, type ObligedClause } from '../core/clauses.ts';
import { type DatedDeviation, isDay } from '../core/deviations.ts';
import { evidenceKinds } from '../core/evidence.ts';
import { witness } from './witness-schema.ts';

const count = z.number().int().nonnegative();
const sets = z.array(z.enum(claimSets)).readonly();

/**
 * What became of a clause. Of a MUST: `kept`, `broken`, or broken as a live deviation says (`expected`),
 * or kept although one says otherwise (`unexpectedly-kept`). A SHOULD that was seen is a warning. What no
 * claim obliges to is `unclaimed`; its rate is what the weaker level costs.
 */
export const clauseStates = [
  'kept',
  'broken',
  'expected',
  'unexpectedly-kept',
  'should-held',
  'should-violated',
  'unclaimed-held',
  'unclaimed-violated',
  'undecided',
] as const;
export type ClauseState = (typeof clauseStates)[number];

const deviationFields = {
  id: z.string(),
  because: z.string(),
  expires: z.string().refine(isDay, 'must be a day such as 2027-01-31'),
  expired: z.boolean().describe('on the day of the run'),
};

/** `DatedDeviation` as it stands in a record. */
export const datedDeviation = z.strictObject({
  clause: z.enum(checkIds),
  ...deviationFields,
}) satisfies z.ZodType<DatedDeviation>;

/** `ObligedClause` as it stands in a record. */
export const obligedClause = z.strictObject({
  check: z.enum(checkIds),
  obligation: z.enum(['must', 'should']),
  sets,
}) satisfies z.ZodType<ObligedClause>;

export const clause = z.strictObject({
  id: z.string().describe('stable: the claimed set and the check, such as at-least-once/D1'),
  check: z.enum(checkIds),
  title: z.string(),
  obligation: z.enum(obligations).describe('in this cell; may: it is not claimed here'),
  sets: sets.describe('the claimed sets that it comes from'),
  evidence: z.enum(evidenceKinds).describe('by what it would be convicted'),
  waiver: z.string().optional(),
  deviation: z
    .strictObject(deviationFields)
    .nullable()
    .describe('a known deviation from the claim'),
  state: z.enum(clauseStates),
  count,
  possible: count,
  exposure: count.describe('chances the anomaly had'),
  minimumExposure: count.describe('with fewer chances it is undecided, not kept'),
  rate: z.number().describe('count / exposure; 0 when there was no exposure'),
  upperBound: z.number().describe('3 / exposure when none was seen: 95 % upper bound of the rate'),
  classes: z.record(z.string(), count),
  reason: z.string().describe('why it is undecided; empty otherwise'),
  witnesses: z.array(witness),
});

export type ClauseRecord = z.infer<typeof clause>;
