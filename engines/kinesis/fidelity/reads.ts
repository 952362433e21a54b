import { GetRecordsCommand } from '@aws-sdk/client-kinesis';
import { answered, established, judged, mustRefuse } from '../../aws/fidelity/answers.ts';
import { dataOf, fromStart, numbered, reference, streamClauses } from './kit.ts';

const readPage = `${reference}/API_GetRecords.html`;
const data = numbered(5);

export const reads = streamClauses('Reads', [
  {
    id: 'replay-same',
    says: 'A shard that is read again gives the same records with the same numbers.',
    source: readPage,
    ask: async (kit) => {
      const stream = await kit.stream();
      const [put] = await kit.putAll(stream, data);
      established(put !== undefined, 'records with places');
      const read = async (): Promise<string> => {
        const { records } = await kit.readFrom(stream, put.shard, fromStart, data.length);
        return records.map((one) => `${one.data} ${one.number}`).join(', ');
      };
      const [first, second] = [await read(), await read()];
      established(first !== '', 'records that were put are read');
      const told = first === second ? 'twice the same' : `${first}; then ${second}`;
      return judged(first === second, 'GetRecords TRIM_HORIZON twice', told);
    },
  },
  {
    id: 'read-limit',
    says: 'A read gives no more records than its Limit, and the next one goes on behind them.',
    source: readPage,
    ask: async (kit) => {
      const stream = await kit.stream();
      const [put] = await kit.putAll(stream, data);
      established(put !== undefined, 'records with places');
      const at = await kit.iterator(stream, put.shard, fromStart);
      const { Records: first = [], NextShardIterator } = await kit.page(at, 2);
      established(NextShardIterator !== undefined, 'an iterator to go on with');
      const { records: rest } = await kit.read(NextShardIterator, data.length - first.length);
      const texts = first.map(({ Data = new Uint8Array() }) => Buffer.from(Data).toString());
      const isInOrder = [...texts, ...rest.map((one) => one.data)].join() === data.join();
      const told = `${texts.join(', ') || 'nothing'}; then ${dataOf(rest)}`;
      return judged(first.length <= 2 && isInOrder, 'GetRecords Limit=2, GetRecords', told);
    },
  },
  {
    id: 'read-limit-bound',
    says: 'A Limit is at most 10,000.',
    source: readPage,
    ask: async (kit) => {
      const stream = await kit.stream();
      const at = await kit.iterator(stream, await kit.shard(stream), fromStart);
      const read = new GetRecordsCommand({ ShardIterator: at, Limit: 10_001 });
      return mustRefuse('GetRecords Limit=10001', await answered(kit.client.send(read)));
    },
  },
  {
    id: 'behind-latest',
    says: 'A read tells how far it is behind the end: 0 where nothing more is there.',
    source: readPage,
    ask: async (kit) => {
      const stream = await kit.stream();
      const { shard } = await kit.put(stream, 'r0');
      await kit.occasion.wait(1_000);
      await kit.put(stream, 'r1');
      const first = await kit.page(await kit.iterator(stream, shard, fromStart), 1);
      established(first.NextShardIterator !== undefined, 'an iterator to go on with');
      const second = await kit.page(first.NextShardIterator, 1);
      const told = [first, second].map(({ MillisBehindLatest = 'none' }) => MillisBehindLatest);
      const isRight = Number(told[0]) > 0 && told[1] === 0;
      const request = 'two PutRecord a second apart, GetRecords Limit=1 twice';
      return judged(isRight, request, `MillisBehindLatest ${told.join(', then ')}`);
    },
  },
]);
