import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import {
  answered,
  established,
  inconclusive,
  judged,
  refusalAfterCrash,
} from '../../aws/fidelity/answers.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import { fromStart, guide, numbered, streamClauses, type StreamKit } from './kit.ts';

const records = 20;
const page = `${guide}/disaster-recovery-resiliency.html`;

export const crashes = streamClauses('Over a crash', [
  {
    id: 'kept-over-a-crash',
    says: 'What was acknowledged is there, also when a part of the service fails right after it.',
    source: page,
    manner: 'crashes',
    ask: async (kit) => {
      const stream = await kit.stream();
      const request = `kill -9 after the last of ${records} acknowledged PutRecord, GetRecords`;
      const data = numbered(records);
      const [put] = await kit.putAll(stream, data);
      established(put !== undefined, 'records with places');
      const lost = await crashed(kit, stream, request);
      if (lost !== undefined) return lost;
      const { records: got } = await kit.readFrom(stream, put.shard, fromStart, records);
      const there = new Set(got.map((one) => one.data));
      const found = data.filter((one) => there.has(one)).length;
      return judged(found === records, request, `${found} of ${records}`);
    },
  },
  {
    id: 'places-over-a-crash',
    says: 'A sequence number finds its record again, also when a part of the service has failed.',
    source: page,
    manner: 'crashes',
    ask: async (kit) => {
      const stream = await kit.stream();
      const request = 'five PutRecord, kill -9, GetRecords AFTER_SEQUENCE_NUMBER of the third';
      const puts = await kit.putAll(stream, numbered(5));
      const lost = await crashed(kit, stream, request);
      if (lost !== undefined) return lost;
      const { shard = '', number = '' } = puts[2] ?? {};
      const { records: all } = await kit.readFrom(stream, shard, fromStart, 5);
      established(all.length === 5, 'the records outlive the crash');
      const { records: got } = await kit.readFrom(
        stream,
        shard,
        { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: number },
        2,
      );
      const told = got.map(({ data }) => data).join(', ') || 'nothing';
      return judged(told === 'r3, r4', request, told);
    },
  },
]);

/** Kills the target's process and starts it again. @returns an answer where there is nothing left to ask */
async function crashed(
  kit: StreamKit,
  StreamName: string,
  request: string,
): Promise<ClauseAnswer | undefined> {
  const { crash } = kit.occasion;
  if (crash === undefined) {
    return inconclusive(request, 'nobody here may kill what somebody else has started');
  }
  await crash();
  const there = await answered(kit.client.send(new DescribeStreamSummaryCommand({ StreamName })));
  return there.is === 'ok' ? undefined : refusalAfterCrash(request, 'stream', there);
}
