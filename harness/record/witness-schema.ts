import { z } from 'zod';

const count = z.number().int().nonnegative();
const nanoseconds = z.number();

export const witnessEvent = z.strictObject({
  timeNs: nanoseconds,
  kind: z.string(),
  actor: z.string(),
  message: z.string().describe('lane:seq, or empty for events of the whole cell'),
  text: z.string(),
  origin: z
    .string()
    .default('')
    .describe('of a history from elsewhere: file:line, or the number of the event; else empty'),
});

export const witness = z.strictObject({
  message: z.string().describe('lane:seq, or empty where the finding is about no single message'),
  subject: z.string().describe('what it is about: a message, a transaction, a scope at an instant'),
  note: z.string(),
  writers: z.array(z.string()),
  readers: z.array(z.string()),
  neighbours: z.array(z.string()).describe('messages before and after it in its lane'),
  faults: z
    .array(
      z.strictObject({
        name: z.string(),
        startedNs: nanoseconds,
        stoppedNs: nanoseconds.nullable().describe('null: it lasted to the end'),
      }),
    )
    .describe('those that were active at the time'),
  events: z.array(witnessEvent),
  eventsTotal: count,
});

export type WitnessRecord = z.infer<typeof witness>;
