import {
  DecreaseStreamRetentionPeriodCommand,
  IncreaseStreamRetentionPeriodCommand,
} from '@aws-sdk/client-kinesis';
import {
  type Answered,
  answered,
  judged,
  mustRefuse,
  refusalBefore,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import { reference, streamClauses, type StreamKit } from './kit.ts';

const increasePage = `${reference}/API_IncreaseStreamRetentionPeriod.html`;
const decreasePage = `${reference}/API_DecreaseStreamRetentionPeriod.html`;
const shortest = 24;
const longest = 8_760;

export const retention = streamClauses('Retention', [
  {
    id: 'retention-longest',
    says: 'Records can be kept for 8,760 hours.',
    source: increasePage,
    ask: async (kit) => {
      const stream = await kit.stream();
      const request = `IncreaseStreamRetentionPeriod to ${longest}, DescribeStreamSummary`;
      const done = await increased(kit, stream, longest);
      if (done.is === 'refused') return refusalOf(request, done);
      return told(kit, stream, request, longest);
    },
  },
  {
    id: 'retention-shortened',
    says: 'A retention is shortened to 24 hours.',
    source: decreasePage,
    ask: async (kit) => {
      const stream = await kit.stream();
      const request = 'retention of 48 hours, DecreaseStreamRetentionPeriod to 24';
      const longer = await increased(kit, stream, 48);
      if (longer.is === 'refused') return refusalBefore(request, longer);
      await kit.whenActive(stream);
      const done = await decreased(kit, stream, shortest);
      if (done.is === 'refused') return refusalOf(request, done);
      return told(kit, stream, request, shortest);
    },
  },
  {
    id: 'retention-too-long',
    says: 'More than 8,760 hours are refused.',
    source: increasePage,
    ask: async (kit) => {
      const done = await increased(kit, await kit.stream(), longest + 1);
      return mustRefuse(`IncreaseStreamRetentionPeriod to ${longest + 1}`, done);
    },
  },
  {
    id: 'retention-too-short',
    says: 'Less than 24 hours are refused.',
    source: decreasePage,
    ask: async (kit) => {
      const done = await decreased(kit, await kit.stream(), shortest - 1);
      return mustRefuse(`DecreaseStreamRetentionPeriod to ${shortest - 1}`, done);
    },
  },
]);

/** What the stream has by then. */
async function told(kit: StreamKit, stream: string, request: string, hours: number) {
  await kit.whenActive(stream);
  const { RetentionPeriodHours } = await kit.summary(stream);
  return judged(RetentionPeriodHours === hours, request, `${RetentionPeriodHours} hours`);
}

function increased(
  kit: StreamKit,
  StreamName: string,
  RetentionPeriodHours: number,
): Promise<Answered<unknown>> {
  const asked = { StreamName, RetentionPeriodHours };
  return answered(kit.client.send(new IncreaseStreamRetentionPeriodCommand(asked)));
}

function decreased(
  kit: StreamKit,
  StreamName: string,
  RetentionPeriodHours: number,
): Promise<Answered<unknown>> {
  const asked = { StreamName, RetentionPeriodHours };
  return answered(kit.client.send(new DecreaseStreamRetentionPeriodCommand(asked)));
}
