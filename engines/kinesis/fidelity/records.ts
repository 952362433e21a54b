import { PutRecordCommand, PutRecordsCommand, type Shard } from '@aws-sdk/client-kinesis';
import { createHash } from 'node:crypto';
import {
  answered,
  established,
  judged,
  mustRefuse,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import {
  dataOf,
  fromStart,
  guide,
  idOf,
  isRising,
  numbered,
  rangeOf,
  reference,
  streamClauses,
} from './kit.ts';

const putPage = `${reference}/API_PutRecord.html`;
const batchPage = `${reference}/API_PutRecords.html`;
const conceptsPage = `${guide}/key-concepts.html`;
const records = 20;

export const stored = streamClauses('Records', [
  {
    id: 'shard-order',
    says: 'A shard has its records in the order in which they were put one after another.',
    source: conceptsPage,
    ask: async (kit) => {
      const stream = await kit.stream();
      const data = numbered(records);
      const [put] = await kit.putAll(stream, data);
      established(put !== undefined, 'records with places');
      const { records: got } = await kit.readFrom(stream, put.shard, fromStart, records);
      const request = `PutRecord ${records} times, GetRecords`;
      return judged(dataOf(got) === data.join(', '), request, dataOf(got));
    },
  },
  {
    id: 'sequence-grows',
    says: 'With SequenceNumberForOrdering the sequence numbers of a partition key grow.',
    source: `${putPage}#API_PutRecord_RequestParameters`,
    ask: async (kit) => {
      const stream = await kit.stream();
      const numbers: string[] = [];
      for (const data of numbered(records)) {
        const before = numbers.at(-1);
        const more = before === undefined ? {} : { SequenceNumberForOrdering: before };
        numbers.push((await kit.put(stream, data, more)).number);
      }
      const request = `PutRecord ${records} times, each with the number of the one before`;
      const told = isRising(numbers) ? 'each higher than the one before' : numbers.join(', ');
      return judged(isRising(numbers), request, told);
    },
  },
  {
    id: 'sequence-of-read',
    says: 'A record is read with the sequence number and the partition key that it was put with.',
    source: `${reference}/API_GetRecords.html`,
    ask: async (kit) => {
      const stream = await kit.stream();
      const put = await kit.put(stream, 'r', { PartitionKey: 'key of r' });
      const { records: got } = await kit.readFrom(stream, put.shard, fromStart, 1);
      const [read] = got;
      established(read !== undefined, 'a record that was put is read');
      const isSame = read.number === put.number && read.key === 'key of r';
      const told = `${read.number} of ${read.key}, put as ${put.number}`;
      return judged(isSame, 'PutRecord, GetRecords', told);
    },
  },
  {
    id: 'key-hashes',
    says: 'The MD5 of its partition key says in which shard a record goes.',
    source: putPage,
    ask: async (kit) => {
      const stream = await kit.stream(4);
      const shards = await kit.shards(stream);
      established(shards.length === 4, 'a stream of four shards');
      const keys = numbered(records);
      const wrong: string[] = [];
      for (const key of keys) {
        const { shard } = await kit.put(stream, 'r', { PartitionKey: key });
        const hash = BigInt(`0x${createHash('md5').update(key).digest('hex')}`);
        if (idOf(shardOf(shards, hash)) !== shard) wrong.push(`${key} in ${shard}`);
      }
      const told = wrong.join(', ') || 'each where its MD5 says';
      return judged(wrong.length === 0, `PutRecord of ${records} keys to four shards`, told);
    },
  },
  {
    id: 'explicit-hash-key',
    says: 'ExplicitHashKey chooses the shard, whatever the partition key is.',
    source: putPage,
    ask: async (kit) => {
      const stream = await kit.stream(3);
      const shards = await kit.shards(stream);
      established(shards.length === 3, 'a stream of three shards');
      const request = 'PutRecord of one key with the last hash key of each of three shards';
      const got: string[] = [];
      for (const shard of shards) {
        const [, last] = rangeOf(shard);
        const put = await answered(kit.put(stream, 'r', { ExplicitHashKey: String(last) }));
        if (put.is === 'refused') return refusalOf(request, put);
        got.push(put.value.shard);
      }
      return judged(got.join() === shards.map(idOf).join(), request, got.join(', '));
    },
  },
  {
    id: 'explicit-hash-key-bound',
    says: 'A hash key is less than 2^128.',
    source: putPage,
    ask: async (kit) => {
      const StreamName = await kit.stream();
      const ExplicitHashKey = String(2n ** 128n);
      const Data = Buffer.from('r');
      const put = new PutRecordCommand({ StreamName, Data, PartitionKey: 'k', ExplicitHashKey });
      return mustRefuse('PutRecord ExplicitHashKey=2^128', await answered(kit.client.send(put)));
    },
  },
  {
    id: 'batch-answers',
    says: 'PutRecords answers for each record at its place, with a shard and a sequence number.',
    source: batchPage,
    ask: async (kit) => {
      const StreamName = await kit.stream(3);
      const shards = await kit.shards(StreamName);
      const Records = numbered(9).map((data, at) => ({
        Data: Buffer.from(data),
        PartitionKey: 'k',
        ExplicitHashKey: String(rangeOf(shards[at % 3])[0]),
      }));
      const request = 'PutRecords of nine by turns to three shards, GetRecords of each';
      const put = await answered(kit.client.send(new PutRecordsCommand({ StreamName, Records })));
      if (put.is === 'refused') return refusalOf(request, put);
      const told = (put.value.Records ?? []).map(({ SequenceNumber }) => SequenceNumber ?? 'none');
      const read = new Map<string, string>();
      for (const shard of shards) {
        const { records: got } = await kit.readFrom(StreamName, idOf(shard), fromStart, 3);
        for (const { number, data } of got) read.set(`${idOf(shard)} ${number}`, data);
      }
      const wanted = (put.value.Records ?? []).map(
        ({ ShardId, SequenceNumber }) => read.get(`${ShardId} ${SequenceNumber}`) ?? 'nothing',
      );
      const isRight = wanted.join() === numbered(9).join() && put.value.FailedRecordCount === 0;
      return judged(isRight, request, `${told.length} numbers, at which are ${wanted.join(', ')}`);
    },
  },
  {
    id: 'bytes-kept',
    says: 'Data are any bytes, and come back as they were put.',
    source: putPage,
    ask: async (kit) => {
      const stream = await kit.stream();
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      const Data = new Uint8Array(bytes);
      const command = new PutRecordCommand({ StreamName: stream, Data, PartitionKey: 'k' });
      const request = 'PutRecord of the bytes 0 to 255, GetRecords';
      const put = await answered(kit.client.send(command));
      if (put.is === 'refused') return refusalOf(request, put);
      const iterator = await kit.iterator(stream, await kit.shard(stream), fromStart);
      const [record] = (await kit.page(iterator)).Records ?? [];
      established(record !== undefined, 'a record that was put is read');
      const got = Buffer.from(record.Data ?? new Uint8Array());
      return judged(
        got.equals(bytes),
        request,
        got.equals(bytes) ? 'the same' : got.toString('hex'),
      );
    },
  },
]);

function shardOf(shards: readonly Shard[], hash: bigint): Shard | undefined {
  return shards.find((shard) => {
    const [first, last] = rangeOf(shard);
    return first <= hash && hash <= last;
  });
}
