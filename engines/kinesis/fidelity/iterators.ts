import { GetRecordsCommand, GetShardIteratorCommand } from '@aws-sdk/client-kinesis';
import {
  answered,
  deviates,
  established,
  inconclusive,
  judged,
  mustRefuse,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import { tooSlow } from '../../aws/fidelity/lateness.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import {
  dataOf,
  type From,
  fromStart,
  idOf,
  numbered,
  type Put,
  reference,
  streamClauses,
  type StreamKit,
} from './kit.ts';

const iteratorPage = `${reference}/API_GetShardIterator.html`;
const readPage = `${reference}/API_GetRecords.html`;
const data = numbered(5);
/** After so long without an answer there will be none. */
const silentMs = 5_000;

export const iterators = streamClauses('Iterators', [
  {
    id: 'from-trim-horizon',
    says: 'TRIM_HORIZON begins at the oldest record.',
    source: iteratorPage,
    ask: (kit) => readingFrom(kit, 'TRIM_HORIZON', () => fromStart, data),
  },
  {
    id: 'from-sequence-number',
    says: 'AT_SEQUENCE_NUMBER begins with the record of that number.',
    source: iteratorPage,
    ask: (kit) =>
      readingFrom(
        kit,
        'AT_SEQUENCE_NUMBER of the third',
        (puts) => ({
          ShardIteratorType: 'AT_SEQUENCE_NUMBER',
          StartingSequenceNumber: puts[2]?.number,
        }),
        data.slice(2),
      ),
  },
  {
    id: 'from-after-sequence-number',
    says: 'AFTER_SEQUENCE_NUMBER begins right behind the record of that number.',
    source: iteratorPage,
    ask: (kit) =>
      readingFrom(
        kit,
        'AFTER_SEQUENCE_NUMBER of the third',
        (puts) => ({
          ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
          StartingSequenceNumber: puts[2]?.number,
        }),
        data.slice(3),
      ),
  },
  {
    id: 'from-latest',
    says: 'LATEST begins behind the most recent record.',
    source: iteratorPage,
    ask: async (kit) => {
      const stream = await kit.stream();
      const [put] = await kit.putAll(stream, data);
      established(put !== undefined, 'records with places');
      const at = await kit.iterator(stream, put.shard, { ShardIteratorType: 'LATEST' });
      await kit.put(stream, 'later');
      const { records } = await kit.read(at, 1);
      const request = 'five PutRecord, GetShardIterator LATEST, another PutRecord, GetRecords';
      return judged(dataOf(records) === 'later', request, dataOf(records));
    },
  },
  {
    id: 'from-timestamp',
    says: 'AT_TIMESTAMP begins with the first record that is not older.',
    source: iteratorPage,
    ask: async (kit) => {
      const stream = await kit.stream();
      const older = await kit.putAll(stream, ['r0', 'r1']);
      await kit.occasion.wait(1_100);
      await kit.putAll(stream, ['r2', 'r3']);
      const shard = older[0]?.shard ?? '';
      const { records } = await kit.readFrom(stream, shard, fromStart, 4);
      established(records.length === 4, 'four records are read');
      // By the target's own clock; a record may be as old as the two before it only where that one stands still.
      const at = records[2]?.arrivedMs ?? Number.NaN;
      const isLater = at > (records[1]?.arrivedMs ?? Number.NaN);
      established(isLater, 'a record that comes a second later is younger');
      const from: From = { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(at) };
      const got = await kit.readFrom(stream, shard, from, 2);
      const request =
        'two PutRecord, a second later two more, GetRecords AT_TIMESTAMP of the third';
      return judged(dataOf(got.records) === 'r2, r3', request, dataOf(got.records));
    },
  },
  {
    id: 'from-timestamp-before-all',
    says: 'AT_TIMESTAMP of a time before the oldest record begins with that one.',
    source: iteratorPage,
    ask: (kit) =>
      readingFrom(
        kit,
        'AT_TIMESTAMP of 1970',
        () => ({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(1_000) }),
        data,
      ),
  },
  {
    id: 'from-timestamp-behind-all',
    says: 'AT_TIMESTAMP of a time behind the last record begins with the next one that comes.',
    source: iteratorPage,
    ask: async (kit) => {
      const stream = await kit.stream();
      const put = await kit.put(stream, 'before');
      const { records } = await kit.readFrom(stream, put.shard, fromStart, 1);
      const lastMs = records[0]?.arrivedMs ?? Number.NaN;
      established(lastMs > 0, 'a record with the time of its arrival');
      await kit.occasion.wait(500);
      const request =
        'PutRecord, GetShardIterator AT_TIMESTAMP of 200 ms later, PutRecord, GetRecords';
      const from: From = { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(lastMs + 200) };
      const command = new GetShardIteratorCommand({
        StreamName: stream,
        ShardId: put.shard,
        ...from,
      });
      const hasStalled = kit.lateness.watch();
      const call = kit.client.send(command, { requestTimeout: silentMs });
      const given = await answered(call).catch(() => undefined);
      if (given === undefined) {
        // Silence is an answer only of who answers other calls.
        await kit.summary(stream);
        if (hasStalled()) return inconclusive(request, tooSlow);
        const told = `no answer in ${silentMs / 1_000} s, while another call is answered`;
        return deviates(request, told);
      }
      if (given.is === 'refused') return refusalOf(request, given);
      established(given.value.ShardIterator !== undefined, 'a shard iterator');
      await kit.put(stream, 'after');
      const got = await kit.read(given.value.ShardIterator, 1);
      return judged(dataOf(got.records) === 'after', request, dataOf(got.records));
    },
  },
  {
    id: 'iterator-invalid',
    says: 'What is no shard iterator is refused with InvalidArgumentException.',
    source: readPage,
    ask: async (kit) => {
      const read = new GetRecordsCommand({ ShardIterator: 'nonsense' });
      return mustRefuse(
        'GetRecords ShardIterator=nonsense',
        await answered(kit.client.send(read)),
        ['InvalidArgumentException'],
      );
    },
  },
  {
    id: 'sequence-number-foreign',
    says: 'A sequence number of another shard is refused with InvalidArgumentException.',
    source: iteratorPage,
    ask: async (kit) => {
      const stream = await kit.stream(2);
      const put = await kit.put(stream, 'r', { ExplicitHashKey: '0' });
      const other = (await kit.shards(stream)).find(({ ShardId }) => ShardId !== put.shard);
      const ask = new GetShardIteratorCommand({
        StreamName: stream,
        // Who names no shard is refused as well.
        ShardId: idOf(other),
        ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
        StartingSequenceNumber: put.number,
      });
      return mustRefuse(
        'GetShardIterator AFTER_SEQUENCE_NUMBER with a number of the other shard',
        await answered(kit.client.send(ask)),
        ['InvalidArgumentException'],
      );
    },
  },
  {
    id: 'shard-unknown',
    says: 'A shard that is not there is refused with ResourceNotFoundException.',
    source: iteratorPage,
    ask: async (kit) => {
      const ask = new GetShardIteratorCommand({
        StreamName: await kit.stream(),
        ShardId: 'shardId-000000000099',
        ...fromStart,
      });
      return mustRefuse('GetShardIterator of a 100th shard', await answered(kit.client.send(ask)), [
        'ResourceNotFoundException',
      ]);
    },
  },
  {
    id: 'iterator-expires',
    says: 'An iterator is good for five minutes, and then refused with ExpiredIteratorException.',
    source: iteratorPage,
    takes: 'minutes',
    ask: async (kit) => {
      const stream = await kit.stream();
      const shard = await kit.shard(stream);
      const [young, old] = [
        await kit.iterator(stream, shard, fromStart),
        await kit.iterator(stream, shard, fromStart),
      ];
      const fromMs = kit.occasion.nowMs();
      await kit.occasion.wait(240_000);
      const inTime = await answered(kit.page(young));
      const afterMs = kit.occasion.nowMs() - fromMs;
      const request = 'GetRecords of an iterator after four minutes, and of another after five';
      if (inTime.is === 'refused') {
        return afterMs < 300_000
          ? refusalOf(request, inTime)
          : inconclusive(request, 'the machine was too slow to ask in time');
      }
      await kit.occasion.wait(310_000 - afterMs);
      return mustRefuse(request, await answered(kit.page(old)), ['ExpiredIteratorException']);
    },
  },
]);

/** Puts five records to a stream of one shard and reads it from somewhere. */
async function readingFrom(
  kit: StreamKit,
  name: string,
  from: (puts: readonly Put[]) => From,
  wanted: readonly string[],
): Promise<ClauseAnswer> {
  const StreamName = await kit.stream();
  const puts = await kit.putAll(StreamName, data);
  const [put] = puts;
  established(put !== undefined, 'records with places');
  const request = `five PutRecord, GetShardIterator ${name}, GetRecords`;
  const command = new GetShardIteratorCommand({
    StreamName,
    ShardId: put.shard,
    ...from(puts),
  });
  const given = await answered(kit.client.send(command));
  if (given.is === 'refused') return refusalOf(request, given);
  established(given.value.ShardIterator !== undefined, 'a shard iterator');
  const { records } = await kit.read(given.value.ShardIterator, wanted.length);
  return judged(dataOf(records) === wanted.join(', '), request, dataOf(records));
}
