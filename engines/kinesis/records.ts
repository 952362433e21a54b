import type { PutRecordsRequestEntry, PutRecordsResultEntry } from '@aws-sdk/client-kinesis';
import { isThrottle } from '../aws/call-failures.ts';
import { AwsCode } from '../aws/outcomes.ts';
import type { Outgoing } from '../engine.ts';
import { partitionKeyOf } from './partition-keys.ts';
import type { Shard } from './shards.ts';
import { recordBytesMost } from './traits.ts';

/** Why a message cannot be sent at all; undefined when it can. */
export function refusalOf(
  { key, partition, body, headers, group, deduplicationId, delayMs }: Outgoing,
  shards: readonly Shard[],
  own: string,
): AwsCode | undefined {
  const asked = [headers, group, deduplicationId];
  if (delayMs > 0 || asked.some((field) => field !== undefined)) return AwsCode.unsupported;
  if (partition !== undefined && shards[partition] === undefined) return AwsCode.unfit;
  const partitionKey = partitionKeyOf(key, own);
  if (partitionKey === undefined) return AwsCode.unfit;
  const bytes = body.length + Buffer.byteLength(partitionKey);
  return bytes > recordBytesMost ? AwsCode.unfit : undefined;
}

/** @param own names the message where it has no key. Where a partition is named, its first hash key overrides the MD5. */
export function entryOf(
  { key, partition, body }: Outgoing,
  shards: readonly Shard[],
  own: string,
): PutRecordsRequestEntry {
  const ExplicitHashKey = partition === undefined ? undefined : shards[partition]?.firstHashKey;
  return {
    Data: body,
    PartitionKey: partitionKeyOf(key, own),
    ...(ExplicitHashKey === undefined ? {} : { ExplicitHashKey }),
  };
}

/**
 * How a record ended that has no sequence number in the answer. A shard’s limit says that it was not stored
 * (`ProvisionedThroughputExceededException`), `InternalFailure` says nothing of what was done.
 */
export function codeOfFailed(entry: PutRecordsResultEntry | undefined, attempts: number): AwsCode {
  if (entry?.ErrorCode === undefined) return AwsCode.notUnderstood;
  if (!isThrottle(entry.ErrorCode)) return AwsCode.entryFailed;
  // What a retry of the whole call was told says nothing of the calls before it.
  return attempts > 1 ? AwsCode.refusedLater : AwsCode.throttled;
}
