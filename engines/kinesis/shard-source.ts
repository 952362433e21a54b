import {
  type _Record as KinesisRecord,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import type { Start } from '../engine.ts';
import { presentIn } from './shards.ts';

/** Where a shard is read from: the types of shard iterators (API reference, GetShardIterator). */
export type ReadFrom =
  | { readonly type: 'TRIM_HORIZON' }
  | { readonly type: 'LATEST' }
  | { readonly type: 'AT_TIMESTAMP'; readonly timeMs: number }
  | {
      readonly type: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER';
      readonly sequenceNumber: string;
    };

/** One answer of GetRecords. */
export interface Page {
  readonly records: readonly KinesisRecord[];
  /** Undefined at the end of a shard that was closed. */
  readonly next: string | undefined;
  /** There was nothing behind it when it was answered. */
  readonly isLast: boolean;
}

export async function iteratorOf(
  client: KinesisClient,
  StreamName: string,
  ShardId: string,
  from: ReadFrom,
): Promise<string> {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName,
      ShardId,
      ShardIteratorType: from.type,
      ...('sequenceNumber' in from ? { StartingSequenceNumber: from.sequenceNumber } : {}),
      ...('timeMs' in from ? { Timestamp: new Date(from.timeMs) } : {}),
    }),
  );
  return presentIn(ShardIterator, 'a shard iterator');
}

export async function pageAt(client: KinesisClient, iterator: string, most: number): Promise<Page> {
  const answer = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: most }));
  const { Records = [], NextShardIterator, MillisBehindLatest } = answer;
  return {
    records: Records,
    next: NextShardIterator ?? undefined,
    // Empty answers with more behind them are allowed; a target that does not say how far it is behind is at the end.
    isLast: Records.length === 0 && (MillisBehindLatest ?? 0) === 0,
  };
}

export function readFrom(start: Exclude<Start, { at: 'position' }>): ReadFrom {
  switch (start.at) {
    case 'earliest':
      return { type: 'TRIM_HORIZON' };
    case 'latest':
      return { type: 'LATEST' };
    case 'time':
      return { type: 'AT_TIMESTAMP', timeMs: start.timeMs };
  }
}
