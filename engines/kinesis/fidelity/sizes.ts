import {
  PutRecordCommand,
  PutRecordsCommand,
  type PutRecordsRequestEntry,
} from '@aws-sdk/client-kinesis';
import {
  answered,
  established,
  judged,
  mustAccept,
  mustRefuse,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import { fromStart, guide, reference, streamClauses, type StreamKit } from './kit.ts';

const putPage = `${reference}/API_PutRecord.html`;
const batchPage = `${reference}/API_PutRecords.html`;
const quotasPage = `${guide}/service-sizes-and-limits.html`;
/** Of a stream that was not made for larger records. */
const recordBytesMost = 1_048_576;

export const sizes = streamClauses('Sizes', [
  {
    id: 'record-largest',
    says: 'A record has up to 1 MiB, its partition key included.',
    source: quotasPage,
    ask: async (kit) =>
      mustAccept('PutRecord of 1 MiB with its key', await put(kit, 'k', recordBytesMost - 1)),
  },
  {
    id: 'record-too-large',
    says: 'Data of more than 1 MiB are refused by a stream that was not made for larger records.',
    source: quotasPage,
    ask: async (kit) =>
      mustRefuse('PutRecord of 1 MiB and a byte', await put(kit, 'k', recordBytesMost + 1)),
  },
  {
    id: 'record-with-key',
    says: 'The partition key counts towards the size of a record.',
    source: batchPage,
    ask: async (kit) =>
      mustRefuse(
        'PutRecord of 1 MiB of data beside its key',
        await put(kit, 'k'.repeat(256), recordBytesMost),
      ),
  },
  {
    id: 'record-empty',
    says: 'A record may have no data.',
    source: `${putPage}#API_PutRecord_RequestParameters`,
    ask: async (kit) => {
      const StreamName = await kit.stream();
      const Data = new Uint8Array();
      const command = new PutRecordCommand({ StreamName, Data, PartitionKey: 'of nothing' });
      const request = 'PutRecord without data, GetRecords';
      const sent = await answered(kit.client.send(command));
      if (sent.is === 'refused') return refusalOf(request, sent);
      const shard = await kit.shard(StreamName);
      const { records } = await kit.readFrom(StreamName, shard, fromStart, 1);
      const [record] = records;
      established(record !== undefined, 'a record that was put is read');
      const isRight = record.data === '' && record.key === 'of nothing';
      return judged(isRight, request, `${record.data.length} characters of ${record.key}`);
    },
  },
  {
    id: 'key-longest',
    says: 'A partition key has up to 256 characters, however many bytes they are.',
    source: putPage,
    ask: async (kit) =>
      mustAccept('PutRecord PartitionKey=256 times é', await put(kit, 'é'.repeat(256), 1)),
  },
  {
    id: 'key-too-long',
    says: 'A partition key of more than 256 characters is refused.',
    source: putPage,
    ask: async (kit) =>
      mustRefuse('PutRecord PartitionKey=257 times k', await put(kit, 'k'.repeat(257), 1)),
  },
  {
    id: 'key-empty',
    says: 'A partition key has at least one character.',
    source: `${putPage}#API_PutRecord_RequestParameters`,
    ask: async (kit) => mustRefuse('PutRecord PartitionKey=', await put(kit, '', 1)),
  },
  {
    id: 'batch-largest',
    says: 'A call takes up to 500 records.',
    source: batchPage,
    ask: async (kit) => {
      const request = 'PutRecords of 500';
      const sent = await putAll(kit, entries(500, 10));
      if (sent.is === 'refused') return refusalOf(request, sent);
      const { Records = [] } = sent.value;
      const stored = Records.filter(({ SequenceNumber }) => SequenceNumber !== undefined).length;
      return judged(stored === 500, request, `${stored} with sequence numbers`);
    },
  },
  {
    id: 'batch-too-many',
    says: 'A call of more than 500 records is refused.',
    source: batchPage,
    ask: async (kit) => mustRefuse('PutRecords of 501', await putAll(kit, entries(501, 10))),
  },
  {
    id: 'batch-empty',
    says: 'A call has at least one record.',
    source: `${batchPage}#API_PutRecords_RequestParameters`,
    ask: async (kit) => mustRefuse('PutRecords of none', await putAll(kit, [])),
  },
  {
    id: 'batch-five-million',
    says: 'A call takes 5 MB of records.',
    source: batchPage,
    // Large enough to be in the way of others.
    manner: 'alone',
    ask: async (kit) =>
      mustAccept('PutRecords of five of 1 MB', await putAll(kit, entries(5, 1_000_000))),
  },
  {
    id: 'batch-bytes',
    says: 'A call of more than 10 MiB is refused, however small its records are.',
    source: batchPage,
    // Large enough to be in the way of others.
    manner: 'alone',
    ask: async (kit) =>
      mustRefuse('PutRecords of eleven of 1 MB', await putAll(kit, entries(11, 1_000_000))),
  },
]);

async function put(kit: StreamKit, PartitionKey: string, bytes: number) {
  const StreamName = await kit.stream();
  const Data = Buffer.alloc(bytes, 'x');
  return answered(kit.client.send(new PutRecordCommand({ StreamName, Data, PartitionKey })));
}

async function putAll(kit: StreamKit, Records: PutRecordsRequestEntry[]) {
  const StreamName = await kit.stream();
  return answered(kit.client.send(new PutRecordsCommand({ StreamName, Records })));
}

const entries = (count: number, bytes: number): PutRecordsRequestEntry[] =>
  Array.from({ length: count }, (_, at) => ({
    Data: Buffer.alloc(bytes, 'x'),
    PartitionKey: `k${at}`,
  }));
