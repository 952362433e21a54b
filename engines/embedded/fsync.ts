import { z } from 'zod';
import type { FsyncPolicy } from './journal/journal.ts';

/** When the broker that is started here makes what it has written survive a power loss. */
export const fsyncOption = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('never') }),
    z.strictObject({
      kind: z.literal('interval'),
      everyMs: z.number().int().min(1).max(3_600_000),
    }),
    z.strictObject({ kind: z.literal('every-batch') }),
  ])
  .describe('Of the broker, when it is started here. `every-batch`: synced before it is answered.');

/** As the broker's argument `--fsync` has it. */
export function fsyncSetting(policy: FsyncPolicy): string {
  return policy.kind === 'interval' ? `interval:${policy.everyMs}` : policy.kind;
}
