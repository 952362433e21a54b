import { z } from 'zod';

/** What a system that the harness started asks of whoever operates it. */
export const burden = z.strictObject({
  startMs: z
    .number()
    .describe(
      'from the start of its processes until it answered; what was fetched before is not in it',
    ),
  nodes: z.number().int().nonnegative(),
  settings: z
    .number()
    .int()
    .nonnegative()
    .describe('that the profile needs to differ from how it comes'),
  dataBytes: z
    .number()
    .int()
    .nonnegative()
    .describe('in its directories when the cell had been judged, logs of its own included'),
});

export type BurdenRecord = z.infer<typeof burden>;
