/** What each client thread of a cell spent and what held it up. */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const nanoseconds = z.number();

export const loopDelay = z
  .strictObject({
    looks: count,
    p50Ns: nanoseconds,
    p99Ns: nanoseconds,
    maxNs: nanoseconds,
  })
  .describe('how late the event loop came to a timer that was due every 10 ms');

export const clientThread = z
  .strictObject({
    name: z.string(),
    role: z.enum(['producer', 'consumer', 'transformer']),
    cpuMicros: z.number(),
    gc: z
      .strictObject({ pauses: count, totalNs: nanoseconds, maxNs: nanoseconds })
      .describe('garbage collections of the thread, each with the time it took'),
    loopDelay,
  })
  .describe('A client thread that ended by itself; a crashed one leaves no report');

export type LoopDelayRecord = z.infer<typeof loopDelay>;
export type ClientThread = z.infer<typeof clientThread>;
