import { z } from 'zod';

const permille = z.number().int().min(0).max(1000);
const seed = z.number().int().min(0).max(0xffff_ffff);
const perSecond = z.number().int().min(1).max(1_000_000_000);

const asTheTargetDoes = z.strictObject({ does: z.literal('what-the-target-does') });

/** Refuses calls of a queue beyond so many a second of each action, and does nothing of them. */
const limitCalls = z.strictObject({
  does: z.literal('limit-calls'),
  callsPerSecond: perSecond,
});

/** Refuses records and reads of a shard beyond so many a second, and does nothing of them. */
const limitShards = z.strictObject({
  does: z.literal('limit-shards'),
  recordsPerSecond: perSecond,
  bytesPerSecond: perSecond.describe('Of data and partition keys that are put.'),
  readsPerSecond: perSecond,
  readBytesPerSecond: perSecond.describe('What one read has too much of, those after it wait for.'),
});

/** Fails, and is not always clear about what it has done. */
const stumble = z.strictObject({
  does: z.literal('stumble'),
  seed,
  throttledPermille: permille.describe('Calls refused as too many; nothing of them is done.'),
  refusedPermille: permille.describe(
    'Entries of a batch that are `Failed` by the sender’s fault; nothing of them is done.',
  ),
  failedPermille: permille.describe(
    'Entries of a batch that are done, and `Failed` by the service’s fault all the same.',
  ),
  brokenPermille: permille.describe('Calls that are carried out and answered with 500.'),
  lostPermille: permille.describe(
    'Calls that are carried out, and whose connection is cut instead of an answer.',
  ),
});

/** What at-least-once delivery and best-effort order allow a standard queue. */
const repeatAndDisorder = z.strictObject({
  does: z.literal('repeat-and-disorder'),
  seed,
  latePermille: permille.describe('Received messages that let others pass.'),
  passedByMost: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .describe('After so many others its turn has come, when a receive has room.'),
  twicePermille: permille.describe('Messages received a second time while they are hidden.'),
  undeletedPermille: permille.describe(
    'Deletions that are answered well, and after which the message comes back.',
  ),
  heldMsMost: z
    .number()
    .int()
    .min(1)
    .max(60_000)
    .describe('Longest stay of a late message or of a copy in the proxy: less than the lease.'),
});

/** Of SQS. */
export const queueService = z.discriminatedUnion('does', [
  asTheTargetDoes,
  limitCalls,
  stumble,
  repeatAndDisorder,
]);
/** Of Kinesis. */
export const streamService = z.discriminatedUnion('does', [asTheTargetDoes, limitShards]);

/**
 * What AWS does, or may do, and no target here does by itself: a proxy before the target does it. Parts of a thousand
 * come from the seed.
 */
export const awsService = z.discriminatedUnion('does', [
  asTheTargetDoes,
  limitCalls,
  limitShards,
  stumble,
  repeatAndDisorder,
]);

export type AwsService = z.infer<typeof awsService>;

/** In words for titles and reports; nothing where the target stands alone. */
export function serviceWords(service: AwsService): string {
  switch (service.does) {
    case 'what-the-target-does':
      return '';
    case 'limit-calls':
      return `behind a limit of ${service.callsPerSecond} calls/s of each action`;
    case 'limit-shards':
      return (
        `behind a limit of ${service.recordsPerSecond} records/s and ${service.bytesPerSecond} bytes/s, ` +
        `${service.readsPerSecond} reads/s and ${service.readBytesPerSecond} bytes/s of each shard`
      );
    case 'stumble':
      return (
        `behind a proxy that throttles ${service.throttledPermille} ‰ of the calls, ` +
        `answers ${service.brokenPermille} ‰ with 500 and ${service.lostPermille} ‰ not at all, ` +
        `and fails ${service.refusedPermille} ‰ of the entries by the sender’s fault ` +
        `and ${service.failedPermille} ‰ by the service’s`
      );
    case 'repeat-and-disorder':
      return (
        `behind a proxy that gives ${service.latePermille} ‰ of the messages late, ` +
        `${service.twicePermille} ‰ twice, and forgets ${service.undeletedPermille} ‰ of the deletions`
      );
  }
}

const setting = 'service';

/** Of `Engine.targetSettings` and of `Target`: what stands before the target. */
export const serviceSettings = (service: AwsService): Readonly<Record<string, string>> =>
  service.does === 'what-the-target-does' ? {} : { [setting]: JSON.stringify(service) };

/** What `serviceSettings` said. */
export function serviceIn(settings: Readonly<Record<string, string>>): AwsService {
  const text = settings[setting];
  return text === undefined ? { does: 'what-the-target-does' } : awsService.parse(JSON.parse(text));
}
