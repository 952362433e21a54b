import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  ListShardsCommand,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import {
  answered,
  established,
  inconclusive,
  judged,
  mustRefuse,
  notModelled,
  refusalBefore,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import { dataOf, fromStart, idOf, rangeOf, reference, streamClauses } from './kit.ts';

const createPage = `${reference}/API_CreateStream.html`;
const listPage = `${reference}/API_ListShards.html`;
const hashKeys = 2n ** 128n;
/** More than an account has by default in any region (quotas of the Developer Guide: 20,000). */
const shardsTooMany = 20_001;
const goneMs = 10_000;

export const streams = streamClauses('Streams', [
  {
    id: 'stream-shards',
    says: 'A stream has as many shards as were asked for, which have all hash keys between them.',
    source: createPage,
    ask: async (kit) => {
      const ranges = (await kit.shards(await kit.stream(3))).map(rangeOf);
      const isWhole = ranges.every(([first], at) => first === (ranges[at - 1]?.[1] ?? -1n) + 1n);
      const isEnded = ranges.at(-1)?.[1] === hashKeys - 1n;
      const told = ranges.map(([first, last]) => `${first}–${last}`).join(', ');
      const request = 'CreateStream ShardCount=3, ListShards';
      return judged(ranges.length === 3 && isWhole && isEnded, request, told);
    },
  },
  {
    id: 'summary',
    says: 'DescribeStreamSummary tells state, retention and number of open shards.',
    source: `${reference}/API_DescribeStreamSummary.html`,
    ask: async (kit) => {
      const name = await kit.stream(2);
      const request = 'CreateStream ShardCount=2, DescribeStreamSummary';
      const told = await answered(
        kit.client.send(new DescribeStreamSummaryCommand({ StreamName: name })),
      );
      if (told.is === 'refused') return refusalOf(request, told);
      const { StreamName, StreamStatus, RetentionPeriodHours, OpenShardCount } =
        told.value.StreamDescriptionSummary ?? {};
      const isWhole = StreamName === name && StreamStatus === 'ACTIVE';
      const isRight = isWhole && RetentionPeriodHours === 24 && OpenShardCount === 2;
      const what = `${StreamStatus}, ${RetentionPeriodHours} hours, ${OpenShardCount} open shards`;
      return judged(isRight, request, what);
    },
  },
  {
    id: 'stream-same-again',
    says: 'A second stream of a name is refused with ResourceInUseException.',
    source: createPage,
    ask: async (kit) => {
      const StreamName = await kit.stream();
      const again = kit.client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
      return mustRefuse('CreateStream of a name that is there', await answered(again), [
        'ResourceInUseException',
      ]);
    },
  },
  {
    id: 'stream-unknown',
    says: 'A record for a stream that is not there is refused with ResourceNotFoundException.',
    source: `${reference}/API_PutRecord.html`,
    ask: async (kit) => {
      const StreamName = kit.nextName();
      const Data = Buffer.from('r');
      const put = kit.client.send(new PutRecordCommand({ StreamName, Data, PartitionKey: 'k' }));
      return mustRefuse('PutRecord to a stream that is not there', await answered(put), [
        'ResourceNotFoundException',
      ]);
    },
  },
  {
    id: 'stream-deleted',
    says: 'A stream is deleted with its data: one of the same name that comes after it is empty.',
    source: `${reference}/API_DeleteStream.html`,
    ask: async (kit) => {
      const StreamName = await kit.stream();
      await kit.put(StreamName, 'before');
      const request = 'PutRecord, DeleteStream, CreateStream of the same name, GetRecords';
      const done = await answered(kit.client.send(new DeleteStreamCommand({ StreamName })));
      if (done.is === 'refused') return refusalOf(request, done);
      const until = kit.occasion.nowMs() + goneMs;
      for (;;) {
        const look = kit.client.send(new DescribeStreamSummaryCommand({ StreamName }));
        const there = await answered(look);
        if (there.is === 'refused') {
          if (there.name === 'ResourceNotFoundException') break;
          return refusalBefore(request, there);
        }
        if (kit.occasion.nowMs() > until) {
          return inconclusive(request, `still there after ${goneMs / 1_000} s`);
        }
        await kit.occasion.wait(200);
      }
      await kit.client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
      await kit.whenActive(StreamName);
      await kit.put(StreamName, 'after');
      const shard = await kit.shard(StreamName);
      const { records } = await kit.readFrom(StreamName, shard, fromStart, 1);
      established(records.length > 0, 'a record that was put is read');
      return judged(dataOf(records) === 'after', request, dataOf(records));
    },
  },
  {
    id: 'shards-none',
    says: 'A stream has at least one shard.',
    source: createPage,
    ask: async (kit) => {
      const StreamName = kit.nextName();
      const create = kit.client.send(new CreateStreamCommand({ StreamName, ShardCount: 0 }));
      return mustRefuse('CreateStream ShardCount=0', await answered(create), [
        'InvalidArgumentException',
        'LimitExceededException',
        'ValidationException',
      ]);
    },
  },
  {
    id: 'shards-most',
    says: 'More shards than an account may have are refused with LimitExceededException.',
    source: createPage,
    manner: 'alone',
    ask: async (kit) => {
      const StreamName = kit.nextName();
      const request = `CreateStream ShardCount=${shardsTooMany}`;
      const create = new CreateStreamCommand({ StreamName, ShardCount: shardsTooMany });
      const created = await answered(kit.client.send(create));
      if (created.is === 'ok') return notModelled(request, 'accepted: no limit of shards');
      return mustRefuse(request, created, ['LimitExceededException']);
    },
  },
  {
    id: 'list-shards-pages',
    says: 'ListShards gives no more than MaxResults at once, and a token for the others.',
    source: listPage,
    ask: async (kit) => {
      const StreamName = await kit.stream(5);
      const request = 'ListShards MaxResults=2 of five shards, and on with NextToken';
      const pages: string[][] = [];
      let NextToken: string | undefined;
      do {
        const asked = NextToken === undefined ? { StreamName } : { NextToken };
        const page = await answered(
          kit.client.send(new ListShardsCommand({ ...asked, MaxResults: 2 })),
        );
        if (page.is === 'refused') return refusalOf(request, page);
        pages.push((page.value.Shards ?? []).map(idOf));
        NextToken = page.value.NextToken;
      } while (NextToken !== undefined && pages.length < 5);
      const sizes = pages.map(({ length }) => length);
      const isEach = new Set(pages.flat()).size === 5;
      return judged(isEach && sizes.join() === '2,2,1', request, `pages of ${sizes.join(', ')}`);
    },
  },
  {
    id: 'list-shards-token-alone',
    says: 'A token says which stream it is about: none may be named beside it.',
    source: listPage,
    ask: async (kit) => {
      const StreamName = await kit.stream(2);
      const first = await kit.client.send(new ListShardsCommand({ StreamName, MaxResults: 1 }));
      const { NextToken } = first;
      established(NextToken !== undefined, 'a token after the first of two shards');
      const list = kit.client.send(new ListShardsCommand({ StreamName, NextToken }));
      return mustRefuse('ListShards with StreamName and NextToken', await answered(list), [
        'InvalidArgumentException',
      ]);
    },
  },
  {
    id: 'list-shards-after',
    says: 'ExclusiveStartShardId begins behind a shard.',
    source: listPage,
    ask: async (kit) => {
      const StreamName = await kit.stream(3);
      const ids = (await kit.shards(StreamName)).map(idOf).toSorted();
      const list = new ListShardsCommand({ StreamName, ExclusiveStartShardId: ids[0] });
      const listed = await answered(kit.client.send(list));
      const request = 'ListShards ExclusiveStartShardId=the first of three';
      if (listed.is === 'refused') return refusalOf(request, listed);
      const got = (listed.value.Shards ?? []).map(idOf);
      return judged(got.join() === ids.slice(1).join(), request, got.join(', ') || 'none');
    },
  },
]);
