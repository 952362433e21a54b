/** What a timed cell took of the machine: the harness's own share told apart, and each broker process by itself. */
import { z } from 'zod';

const micros = z.number();
const bytes = z.number().nullable();

export const resources = z.strictObject({
  pacingMicrosPerMessage: micros.describe(
    'of the producers’ threads, without what the client had them for; by the clock, a part of client CPU',
  ),
  coordinatorMicrosPerMessage: micros.describe('CPU of the harness’s own thread'),
  checkingMicrosPerMessage: micros.describe('of it: merging the history, judging and keeping it'),
  samplingMicrosPerMessage: micros.describe('of it: looking at the brokers and the machine'),
  processRssBytes: bytes.describe(
    'the most that harness and clients, which are one process, had in use under the load',
  ),
  brokers: z.array(
    z.strictObject({
      name: z.string(),
      cpuMicrosPerMessage: micros.nullable(),
      rssBytes: bytes.describe('the most that it and its children had in use under the load'),
    }),
  ),
});

export type ResourcesRecord = z.infer<typeof resources>;
