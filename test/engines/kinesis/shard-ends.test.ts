import { afterEach, describe, expect, test } from 'vitest';
import { kinesisClient } from '../../../engines/kinesis/client.ts';
import { profiles } from '../../../engines/kinesis/profiles.ts';
import { ShardEnds } from '../../../engines/kinesis/shard-ends.ts';
import { settingsOf } from '../../../engines/kinesis/shards.ts';
import { StreamShards } from '../../../engines/kinesis/stream-shards.ts';
import { type Answer, type Front, startFront } from '../aws/http-front.ts';

const topology = { destinations: [{ name: 'read', scopes: 1 }], subscriptions: [] };
const shard = { id: 'shardId-000000000000', firstHashKey: '0', firstSequenceNumber: '0' };
const settings = settingsOf({ shards: [[shard]], leases: 'nowhere:1' });

const answer = (of: object): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: Buffer.from(JSON.stringify(of)),
});

/** A shard that has a record on each page, and another page behind each until it has `pages`. */
class Shard {
  readonly readAtMs: number[] = [];
  readonly iterators: string[] = [];
  pages: number;

  constructor(pages: number) {
    this.pages = pages;
  }

  async call(operation: string | undefined, raw: Buffer): Promise<Answer> {
    if (operation?.endsWith('GetShardIterator')) return answer({ ShardIterator: '1' });
    const { ShardIterator } = JSON.parse(raw.toString()) as { readonly ShardIterator: string };
    this.iterators.push(ShardIterator);
    this.readAtMs.push(performance.now());
    const page = Number(ShardIterator);
    if (page > this.pages) return answer({ Records: [], NextShardIterator: ShardIterator });
    const record = { SequenceNumber: `${page}`, Data: '', PartitionKey: 'k' };
    return answer({
      Records: [record],
      NextShardIterator: `${page + 1}`,
      MillisBehindLatest: 1_000,
    });
  }
}

describe('where a shard ends', () => {
  let front: Front | undefined;
  afterEach(() => front?.close());

  const lookingAt = async (of: Shard, patienceMs?: number) => {
    front = await startFront('nowhere:1', ({ operation, raw }) => of.call(operation, raw));
    const target = { kind: 'local', title: '', address: front.address, nodes: 1, settings: {} };
    const client = kinesisClient(target, profiles.shards.options);
    const [stream] = StreamShards.allOf({ topology, effective: [], settings });
    if (stream === undefined) throw new Error('no stream');
    const ends = new ShardEnds(client, patienceMs);
    return () => ends.endOf(stream, 0, undefined);
  };

  test('is behind the last record, which is read no faster than a shard may be', async () => {
    const of = new Shard(3);
    const look = await lookingAt(of);
    expect(await look()).toEqual({ scope: 0, end: { major: 3, minor: 1 } });
    expect(of.iterators).toEqual(['1', '2', '3', '4']);
    const [first = 0, ...later] = of.readAtMs;
    // Timers may be early by a millisecond.
    for (const [index, atMs] of later.entries()) {
      expect(atMs - first).toBeGreaterThan((index + 1) * 195);
    }
  });

  test('is not known where reading does not come to it in time, and the next look reads on', async () => {
    const of = new Shard(Number.POSITIVE_INFINITY);
    const look = await lookingAt(of, 1_000);
    await expect(look()).rejects.toMatchObject({
      code: 'TARGET_UNAVAILABLE',
      message: expect.stringMatching(/^the end of shardId-0+ of read is not known/),
    });
    const read = of.iterators.length;
    expect(of.iterators).toEqual(Array.from({ length: read }, (_, index) => `${index + 1}`));
    of.pages = read;
    expect(await look()).toEqual({ scope: 0, end: { major: read, minor: 1 } });
    expect(of.iterators.slice(read)).toEqual([`${read + 1}`]);
  });
});
