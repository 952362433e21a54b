import { GetRecordsCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { isThrottle } from '../../aws/call-failures.ts';
import {
  answered,
  deviates,
  inconclusive,
  kept,
  notModelled,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import { fromStart, guide, streamClauses, type StreamKit } from './kit.ts';

const quotasPage = `${guide}/service-sizes-and-limits.html`;
const recordsPerSecond = 1_000;
const readsPerSecond = 5;
/** So many times the quota has to be asked for within a second before anything is said of it. */
const times = 3;
const recordsOfCall = 500;
const secondMs = 1_000;
const throttled = 'ProvisionedThroughputExceededException';

export const quotas = streamClauses('Quotas', [
  {
    id: 'shard-writes',
    says: 'A shard takes 1,000 records a second; of a call, what is more fails for itself.',
    source: quotasPage,
    manner: 'alone',
    ask: shardWrites,
  },
  {
    id: 'shard-reads',
    says: 'A shard is read five times a second.',
    source: quotasPage,
    manner: 'alone',
    ask: shardReads,
  },
]);

/** Calls at once, each of which says how many records it stored and how it refused the others. */
async function shardWrites(kit: StreamKit): Promise<ClauseAnswer> {
  const StreamName = await kit.stream();
  const calls = (times * recordsPerSecond) / recordsOfCall;
  const request = `${calls} PutRecords of ${recordsOfCall} to one shard, at once`;
  const Records = Array.from({ length: recordsOfCall }, (_, at) => ({
    Data: Buffer.from(`r${at}`),
    PartitionKey: 'k',
  }));
  const fromMs = kit.occasion.nowMs();
  const ends = await Promise.all(
    Array.from({ length: calls }, () =>
      answered(kit.client.send(new PutRecordsCommand({ StreamName, Records }))),
    ),
  );
  const tookMs = kit.occasion.nowMs() - fromMs;
  const refused = ends.flatMap((end) => (end.is === 'refused' ? [end] : []));
  const other = refused.find(({ name }) => !isThrottle(name));
  if (other !== undefined) return refusalOf(request, other);
  const entries = ends.flatMap((end) => (end.is === 'ok' ? (end.value.Records ?? []) : []));
  // The document allows that a whole call is throttled as well.
  const names = refused.map(({ name }) => name);
  const codes = new Set([...names, ...entries.flatMap(({ ErrorCode }) => ErrorCode ?? [])]);
  const stored = entries.filter(({ ErrorCode }) => ErrorCode === undefined).length;
  const told = `${stored} stored in ${Math.round(tookMs)} ms`;
  if (codes.size === 0) return unlimited(request, told, tookMs);
  const answer = `${told}, the others ${[...codes].join(', ')}`;
  const isNamed = codes.size === 1 && codes.has(throttled);
  const isQuota = isOfQuota(stored, recordsPerSecond, tookMs);
  return isNamed && isQuota ? kept(request, answer) : deviates(request, answer);
}

async function shardReads(kit: StreamKit): Promise<ClauseAnswer> {
  const stream = await kit.stream();
  await kit.put(stream, 'r');
  const ShardIterator = await kit.iterator(stream, await kit.shard(stream), fromStart);
  const count = times * readsPerSecond;
  const request = `${count} GetRecords of one shard, at once`;
  const fromMs = kit.occasion.nowMs();
  const ends = await Promise.all(
    Array.from({ length: count }, () =>
      answered(kit.client.send(new GetRecordsCommand({ ShardIterator }))),
    ),
  );
  const tookMs = kit.occasion.nowMs() - fromMs;
  const refused = ends.flatMap((end) => (end.is === 'refused' ? [end] : []));
  const told = `${count - refused.length} read in ${Math.round(tookMs)} ms`;
  if (refused.length === 0) return unlimited(request, told, tookMs);
  const names = new Set(refused.map(({ name }) => name));
  const answer = `${told}, the others ${[...names].join(', ')}`;
  const isThrottled = [...names].every(isThrottle);
  const isQuota = isOfQuota(count - refused.length, readsPerSecond, tookMs);
  return isThrottled && isQuota ? kept(request, answer) : deviates(request, answer);
}

/**
 * All of it was let through, and no more than it. Who counts by seconds of the clock may have begun another one, and lets
 * the quota of both through.
 */
function isOfQuota(taken: number, perSecond: number, tookMs: number): boolean {
  const secondsMost = Math.ceil(tookMs / secondMs) + 1;
  return taken >= perSecond && taken <= secondsMost * perSecond;
}

/** Not to be throttled says something only of a target that takes as much within a second. */
function unlimited(request: string, told: string, tookMs: number): ClauseAnswer {
  // In so much time the quota would have grown by less than it was asked for beyond it.
  return tookMs < (times - 1) * secondMs
    ? notModelled(request, told)
    : inconclusive(request, `${told}: too slow to tell`);
}
