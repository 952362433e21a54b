import {
  ListShardsCommand,
  MergeShardsCommand,
  type Shard,
  SplitShardCommand,
  UpdateShardCountCommand,
} from '@aws-sdk/client-kinesis';
import {
  type Answered,
  answered,
  established,
  judged,
  mustRefuse,
  refusalBefore,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import {
  dataOf,
  fromStart,
  guide,
  idOf,
  numbered,
  rangeOf,
  reference,
  streamClauses,
  type StreamKit,
} from './kit.ts';

const splitPage = `${reference}/API_SplitShard.html`;
const mergePage = `${reference}/API_MergeShards.html`;
const countPage = `${reference}/API_UpdateShardCount.html`;
const afterPage = `${guide}/kinesis-using-sdk-java-after-resharding.html`;
const readPage = `${reference}/API_GetRecords.html`;

/** In the middle of all hash keys. */
const middle = String(2n ** 127n);
const split = 'SplitShard NewStartingHashKey=2^127';

export const resharding = streamClauses('Resharding', [
  {
    id: 'split-children',
    says: 'A shard that is split ends, and two shards of which it is the parent have its hash keys.',
    source: splitPage,
    ask: (kit) =>
      whenSplit(kit, async (stream, parent) => {
        const shards = await kit.shards(stream);
        const children = shards.filter((shard) => shard.ParentShardId === parent);
        const ranges = children.map((shard) => rangeOf(shard).join('–'));
        const wanted = [`0–${2n ** 127n - 1n}`, `${middle}–${2n ** 128n - 1n}`];
        const isEnded = isClosed(shards.find(({ ShardId }) => ShardId === parent));
        const isRight = isEnded && ranges.join() === wanted.join();
        const told = `parent ${isEnded ? 'ended' : 'open'}, children ${ranges.join(', ') || 'none'}`;
        return judged(isRight, `${split}, ListShards`, told);
      }),
  },
  {
    id: 'split-open-shards',
    says: 'DescribeStreamSummary counts the shards that are open, and no others.',
    source: `${reference}/API_StreamDescriptionSummary.html`,
    ask: (kit) =>
      whenSplit(kit, async (stream) => {
        const { OpenShardCount } = await kit.summary(stream);
        const request = `${split}, DescribeStreamSummary`;
        return judged(OpenShardCount === 2, request, `OpenShardCount ${OpenShardCount}`);
      }),
  },
  {
    id: 'split-lists-open',
    says: 'ListShards with the filter AT_LATEST gives the shards that are open, and no others.',
    source: `${reference}/API_ShardFilter.html`,
    ask: (kit) =>
      whenSplit(kit, async (StreamName, parent) => {
        const list = new ListShardsCommand({ StreamName, ShardFilter: { Type: 'AT_LATEST' } });
        const listed = await answered(kit.client.send(list));
        const request = `${split}, ListShards ShardFilter=AT_LATEST`;
        if (listed.is === 'refused') return refusalOf(request, listed);
        const ids = (listed.value.Shards ?? []).map(idOf);
        const isRight = ids.length === 2 && !ids.includes(parent);
        return judged(isRight, request, ids.join(', ') || 'none');
      }),
  },
  {
    id: 'split-routes',
    says: 'What comes after a split goes to the children, by its hash key, and nothing to the parent.',
    source: afterPage,
    ask: (kit) =>
      whenSplit(kit, async (stream, parent) => {
        const shards = await kit.shards(stream);
        const children = shards.filter((shard) => shard.ParentShardId === parent).map(idOf);
        const got: string[] = [];
        for (const ExplicitHashKey of ['0', middle]) {
          got.push((await kit.put(stream, 'r', { ExplicitHashKey })).shard);
        }
        const request = `${split}, PutRecord of the lower and of the upper half`;
        return judged(got.length === 2 && got.join() === children.join(), request, got.join(', '));
      }),
  },
  {
    id: 'parent-ends',
    says: 'A shard that has ended gives what it has, and then no iterator any more.',
    source: readPage,
    ask: (kit) =>
      whenSplit(kit, async (stream, parent) => {
        const wanted = dataOfParent.join(', ');
        const { records, next } = await readToEnd(kit, stream, parent);
        const told = `${dataOf(records)}, then ${next === undefined ? 'no iterator' : 'another iterator'}`;
        const isRight = dataOf(records) === wanted && next === undefined;
        return judged(isRight, `${split}, GetRecords of the parent`, told);
      }),
  },
  {
    id: 'parent-names-children',
    says: 'The last read of a shard that has ended names its children.',
    source: readPage,
    ask: (kit) =>
      whenSplit(kit, async (stream, parent) => {
        const shards = await kit.shards(stream);
        const wanted = shards.filter((shard) => shard.ParentShardId === parent).map(idOf);
        const { next, children } = await readToEnd(kit, stream, parent);
        established(next === undefined, 'a parent that ends');
        const got = children.map(({ ShardId = 'none' }) => ShardId);
        const isRight = got.length === 2 && wanted.every((id) => got.includes(id));
        const request = `${split}, GetRecords of the parent to its end`;
        return judged(isRight, request, `ChildShards ${got.join(', ') || 'none'}`);
      }),
  },
  {
    id: 'parent-before-child',
    says: 'A key is in order where the parent is read to its end before its child.',
    source: afterPage,
    ask: (kit) =>
      whenSplit(kit, async (stream, parent) => {
        const after = numbered(5, dataOfParent.length);
        const [put] = await kit.putAll(stream, after, { ExplicitHashKey: '0' });
        established(put !== undefined && put.shard !== parent, 'records in a child');
        const older = await readToEnd(kit, stream, parent);
        const younger = await kit.readFrom(stream, put.shard, fromStart, after.length);
        const got = [...older.records, ...younger.records].map(({ data }) => data);
        const isRight = got.join() === [...dataOfParent, ...after].join();
        const request = `five PutRecord of a key, ${split}, five more, GetRecords of parent and child`;
        return judged(isRight, request, got.join(', ') || 'nothing');
      }),
  },
  {
    id: 'merge-child',
    says: 'Two shards that are merged end, and one of which both are parents has their hash keys.',
    source: mergePage,
    ask: async (kit) => {
      const StreamName = await kit.stream(2);
      const [left, right] = (await kit.shards(StreamName)).map(idOf);
      established(right !== undefined, 'a stream with two shards');
      const request = 'MergeShards of the two shards of a stream, ListShards';
      const done = await merged(kit, StreamName, left, right);
      if (done.is === 'refused') return refusalOf(request, done);
      await kit.whenActive(StreamName);
      const shards = await kit.shards(StreamName);
      const [child] = shards.filter(
        (shard) => shard.ParentShardId === left && shard.AdjacentParentShardId === right,
      );
      if (child === undefined) return judged(false, request, 'no shard of which both are parents');
      const parents = shards.filter((shard) => shard !== child);
      const range = rangeOf(child).join('–');
      const isRight = range === `0–${2n ** 128n - 1n}` && parents.every(isClosed);
      const told = `a child of ${range}, parents ${parents.every(isClosed) ? 'ended' : 'open'}`;
      return judged(isRight, request, told);
    },
  },
  {
    id: 'merge-adjacent',
    says: 'Only shards whose hash keys are beside each other are merged.',
    source: mergePage,
    ask: async (kit) => {
      const StreamName = await kit.stream(3);
      const [first, , third] = (await kit.shards(StreamName)).map(idOf);
      // Who names no shard is refused as well.
      established(third !== undefined, 'a stream with three shards');
      const done = await merged(kit, StreamName, first, third);
      return mustRefuse('MergeShards of the first and the third of three', done, [
        'InvalidArgumentException',
      ]);
    },
  },
  {
    id: 'split-within',
    says: 'A shard is split at one of its own hash keys.',
    source: `${splitPage}#API_SplitShard_RequestParameters`,
    ask: async (kit) => {
      const stream = await kit.stream(2);
      const [first, second] = await kit.shards(stream);
      const elsewhere = String(rangeOf(second)[0] + 2n);
      const done = await splitAt(kit, stream, idOf(first), elsewhere);
      return mustRefuse('SplitShard of the first shard at a hash key of the second', done, [
        'InvalidArgumentException',
      ]);
    },
  },
  {
    id: 'split-ended',
    says: 'A shard that has ended is not split again.',
    source: `${guide}/kinesis-using-sdk-java-resharding-split.html`,
    ask: (kit) =>
      whenSplit(kit, async (stream, parent) => {
        const done = await splitAt(kit, stream, parent, String(2n ** 126n));
        return mustRefuse(`${split}, SplitShard of the same shard`, done);
      }),
  },
  {
    id: 'count-doubled',
    says: 'UpdateShardCount brings as many open shards as it is asked for.',
    source: countPage,
    ask: async (kit) => {
      const stream = await kit.stream();
      const request = 'UpdateShardCount of one shard to two, DescribeStreamSummary';
      const done = await counted(kit, stream, 2);
      if (done.is === 'refused') return refusalOf(request, done);
      await kit.whenActive(stream);
      const { OpenShardCount } = await kit.summary(stream);
      return judged(OpenShardCount === 2, request, `OpenShardCount ${OpenShardCount}`);
    },
  },
  {
    id: 'count-bound',
    says: 'UpdateShardCount goes at most to twice as many shards.',
    source: countPage,
    ask: async (kit) => {
      const done = await counted(kit, await kit.stream(), 3);
      return mustRefuse('UpdateShardCount of one shard to three', done, [
        'LimitExceededException',
        'InvalidArgumentException',
      ]);
    },
  },
]);

const dataOfParent = numbered(5);

/** A stream of one shard that has five records and was split then. */
async function whenSplit(
  kit: StreamKit,
  ask: (stream: string, parent: string) => Promise<ClauseAnswer>,
): Promise<ClauseAnswer> {
  const stream = await kit.stream();
  const [put] = await kit.putAll(stream, dataOfParent);
  established(put !== undefined, 'records with places');
  const done = await splitAt(kit, stream, put.shard, middle);
  if (done.is === 'refused') return refusalBefore(split, done);
  await kit.whenActive(stream);
  return ask(stream, put.shard);
}

function splitAt(
  kit: StreamKit,
  StreamName: string,
  ShardToSplit: string,
  NewStartingHashKey: string,
): Promise<Answered<unknown>> {
  const command = new SplitShardCommand({ StreamName, ShardToSplit, NewStartingHashKey });
  return answered(kit.client.send(command));
}

function merged(
  kit: StreamKit,
  StreamName: string,
  ShardToMerge: string | undefined,
  AdjacentShardToMerge: string | undefined,
): Promise<Answered<unknown>> {
  const command = new MergeShardsCommand({ StreamName, ShardToMerge, AdjacentShardToMerge });
  return answered(kit.client.send(command));
}

function counted(
  kit: StreamKit,
  StreamName: string,
  TargetShardCount: number,
): Promise<Answered<unknown>> {
  const ScalingType = 'UNIFORM_SCALING';
  const command = new UpdateShardCountCommand({ StreamName, TargetShardCount, ScalingType });
  return answered(kit.client.send(command));
}

/** Only the end of the shard ends it before its time is over. */
const readToEnd = (kit: StreamKit, stream: string, shard: string) =>
  kit.readFrom(stream, shard, fromStart, Number.POSITIVE_INFINITY);

const isClosed = (shard: Shard | undefined): boolean =>
  shard?.SequenceNumberRange?.EndingSequenceNumber !== undefined;
