/** What was measured of a cell in one stretch of its time: a phase, a stage of its load, or a fault and what surrounds it. */
import { z } from 'zod';
import { timedDistributions } from './series-schema.ts';

const count = z.number().int().nonnegative();
const nanoseconds = z.number();

/** Phases that figures are told of; faults lie within them. */
export const windowPhases = ['warmup', 'load', 'drain'] as const;
/** Of the load around a fault: since the fault before it, while it lasted, and until the next one. */
export const faultParts = ['before', 'during', 'after'] as const;

const windowOf = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('phase'), phase: z.enum(windowPhases) }),
  z.strictObject({
    kind: z.literal('stage'),
    stage: count.describe('of the arrivals, from 0'),
    arrivals: z.string().describe('as it was asked for: rate or ramp, and duration'),
  }),
  z.strictObject({
    kind: z.literal('fault'),
    fault: count.describe('place in `faults` of the cell'),
    part: z.enum(faultParts),
  }),
]);

export const windowQuantiles = z.strictObject({
  count,
  p50Ns: nanoseconds,
  p90Ns: nanoseconds,
  p99Ns: nanoseconds,
  p999Ns: nanoseconds,
  maxNs: nanoseconds,
});

/** Null: a crashed actor took its counts with it. */
const standing = z
  .strictObject({ most: count.describe('at the end of any second of it'), atEnd: count })
  .nullable();

export const windowRow = z.strictObject({
  of: windowOf,
  startNs: nanoseconds,
  endNs: nanoseconds,
  sent: count,
  acknowledged: count,
  failed: count,
  unknown: count,
  delivered: count,
  inFlight: standing.describe('sends without an outcome'),
  backlog: standing.describe('messages sent, not failed and not delivered yet, by subscription'),
  latencies: z
    .partialRecord(z.enum(timedDistributions), windowQuantiles)
    .describe('of what became known in it; what was sent to warm up stands with the warm-up alone'),
});

export type WindowRow = z.infer<typeof windowRow>;
export type WindowOf = WindowRow['of'];
export type WindowPhase = (typeof windowPhases)[number];
export type FaultPart = (typeof faultParts)[number];
export type WindowQuantiles = z.infer<typeof windowQuantiles>;
