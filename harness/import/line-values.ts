import { z } from 'zod';

/** A name; a number names the same thing as its digits do. */
export const nameOrNumber = z.union(
  [z.string().min(1).max(1_000), z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)],
  { error: 'must be a name or a whole number' },
);

const part = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
/** A number, or two: `[ledger, entry]`. */
export const position = z.union([part, z.tuple([part, part.max(0xffff_ffff)])], {
  error: 'must be a whole number, or two such as [ledger, entry]',
});
export type PositionValue = z.infer<typeof position>;

const milliseconds = z.number().nonnegative();

export const groupLine = z.discriminatedUnion('role', [
  z.strictObject({
    role: z.literal('subscription'),
    reset: z.enum(['earliest', 'latest', 'unknown']).optional(),
    attempts: z.number().int().nonnegative().optional(),
    deadLetter: z.string().optional(),
    requeueTo: z.enum(['original', 'any']).optional(),
    filtered: z.boolean().optional(),
  }),
  z.strictObject({ role: z.literal('replica'), node: z.string() }),
  z.strictObject({ role: z.literal('read-back') }),
  z.strictObject({ role: z.literal('dead-letter'), of: z.string() }),
]);

export const laneLine = z.strictObject({
  ordered: z.boolean().optional(),
  route: z.string().optional(),
});

export const routeLine = z.strictObject({
  groups: z.array(z.string()),
  mandatory: z.boolean().optional(),
});

export const bounds = z.strictObject({
  skewMs: milliseconds.optional(),
  leaseSlackMs: milliseconds.optional(),
  expiryGraceMs: milliseconds.optional(),
  stalenessMs: milliseconds.optional(),
  stallMs: milliseconds.optional(),
  recoveryMs: milliseconds.optional(),
  orphanMs: milliseconds.optional(),
  poisonMs: milliseconds.optional(),
  hangingMs: milliseconds.optional(),
});
