import { type Answer, jsonAnswer } from '../aws/tampering-front.ts';

export type Document = Readonly<Record<string, unknown>>;

export const listOf = (value: Document, name: string): readonly unknown[] => {
  const list = value[name];
  return Array.isArray(list) ? list : [];
};

/** What says yes to everything, and has a stream of one shard with nothing in it. */
export function yes(action: string, body: string): Answer {
  const asked = JSON.parse(body) as Document;
  const ShardId = 'shardId-000000000000';
  const HashKeyRange = { StartingHashKey: '0', EndingHashKey: String(2n ** 128n - 1n) };
  switch (action) {
    case 'DescribeStreamSummary':
      return jsonAnswer({ StreamDescriptionSummary: { StreamStatus: 'ACTIVE', StreamARN: 'arn' } });
    case 'ListShards':
      return jsonAnswer({ Shards: [{ ShardId, HashKeyRange }] });
    case 'PutRecord':
      return jsonAnswer({ ShardId, SequenceNumber: '1' });
    case 'PutRecords':
      return jsonAnswer({ Records: listOf(asked, 'Records').map(() => ({})) });
    case 'GetShardIterator':
      return jsonAnswer({ ShardIterator: 'i' });
    case 'GetRecords':
      return jsonAnswer({ Records: [], NextShardIterator: 'i' });
    default:
      return jsonAnswer({});
  }
}
