import { z } from 'zod';
import type { CellFacts } from '../core/facts.ts';

const number = z.number().int();
const count = number.nonnegative();
const milliseconds = z.number().nonnegative();

const groupFacts = z.discriminatedUnion('role', [
  z.strictObject({
    role: z.literal('subscription'),
    reset: z.enum(['earliest', 'latest', 'unknown']),
    attempts: count.describe('deliveries after which the broker gives a message up; 0: no limit'),
    deadLetter: number.min(-1).describe('number of the group of its dead letters; -1: none'),
    requeueTo: z.enum(['original', 'any']),
    filtered: z.boolean(),
  }),
  z.strictObject({ role: z.literal('replica'), node: z.string() }),
  z.strictObject({ role: z.literal('read-back') }),
  z.strictObject({ role: z.literal('dead-letter'), of: count }),
]);

const routeFacts = z.strictObject({ groups: z.array(count).readonly(), mandatory: z.boolean() });

const bounds = z.strictObject({
  skewMs: milliseconds,
  leaseSlackMs: milliseconds,
  expiryGraceMs: milliseconds,
  stalenessMs: milliseconds,
  stallMs: milliseconds,
  recoveryMs: milliseconds,
  orphanMs: milliseconds,
  poisonMs: milliseconds,
  hangingMs: milliseconds,
});

/** `CellFacts` as it stands in a record. */
export const cellFacts = z.strictObject({
  groups: z.array(groupFacts).readonly(),
  consumption: z.enum(['automatic', 'settle-before-processing', 'settle-after-processing']),
  ackReply: z.enum(['each', 'fence', 'none']),
  placed: z.boolean(),
  leased: z.boolean(),
  messageGroups: z.boolean(),
  fifoQueue: z.boolean(),
  oneOrder: z.boolean(),
  attributes: z.boolean(),
  assignments: z.boolean(),
  offsets: z.boolean(),
  transactions: z.enum(['none', 'read-committed', 'read-uncommitted']),
  routes: z.array(routeFacts).readonly(),
  sinks: z.array(z.strictObject({ name: z.string() })).readonly(),
  timed: z.boolean(),
  bounds,
}) satisfies z.ZodType<CellFacts>;
