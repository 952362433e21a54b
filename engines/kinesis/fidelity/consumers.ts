import {
  DescribeStreamConsumerCommand,
  ListStreamConsumersCommand,
  RegisterStreamConsumerCommand,
  type SubscribeToShardEventStream,
  SubscribeToShardCommand,
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
import { numbered, reference, streamClauses, type StreamKit } from './kit.ts';

const registerPage = `${reference}/API_RegisterStreamConsumer.html`;
const ConsumerName = 'reader';
const register = 'RegisterStreamConsumer';
const data = numbered(5);
const activeMs = 30_000;

/** Enhanced fan-out: consumers of which each has two megabytes a second of every shard for itself. */
export const consumers = streamClauses('Enhanced fan-out', [
  {
    id: 'consumer-registered',
    says: 'A consumer is registered with a stream, CREATING and then ACTIVE.',
    source: registerPage,
    ask: async (kit) => {
      const { arn } = await streamWithArn(kit);
      const done = await registered(kit, arn);
      const request = `${register}, DescribeStreamConsumer`;
      if (done.is === 'refused') return refusalOf(request, done);
      const status = await whenActive(kit, arn);
      return judged(status === 'ACTIVE', request, status);
    },
  },
  {
    id: 'consumer-same-again',
    says: 'A second consumer of a name is refused with ResourceInUseException.',
    source: registerPage,
    ask: async (kit) => {
      const { arn } = await streamWithArn(kit);
      const first = await registered(kit, arn);
      const request = `${register} twice with one name`;
      if (first.is === 'refused') return refusalBefore(request, first);
      return mustRefuse(request, await registered(kit, arn), ['ResourceInUseException']);
    },
  },
  {
    id: 'consumers-listed',
    says: 'ListStreamConsumers names the consumers of a stream.',
    source: `${reference}/API_ListStreamConsumers.html`,
    ask: async (kit) => {
      const { arn } = await streamWithArn(kit);
      const request = `${register}, ListStreamConsumers`;
      const first = await registered(kit, arn);
      if (first.is === 'refused') return refusalBefore(request, first);
      const list = kit.client.send(new ListStreamConsumersCommand({ StreamARN: arn }));
      const listed = await answered(list);
      if (listed.is === 'refused') return refusalOf(request, listed);
      const names = (listed.value.Consumers ?? []).map((one) => one.ConsumerName ?? 'none');
      return judged(names.join() === ConsumerName, request, names.join(', ') || 'none');
    },
  },
  {
    id: 'subscription-pushes',
    says: 'SubscribeToShard sends the records of a shard to a consumer without being asked for each.',
    source: `${reference}/API_SubscribeToShard.html`,
    ask: subscription,
  },
]);

async function subscription(kit: StreamKit): Promise<ClauseAnswer> {
  const { stream, arn } = await streamWithArn(kit);
  const [put] = await kit.putAll(stream, data);
  established(put !== undefined, 'records with places');
  const request = `five PutRecord, ${register}, SubscribeToShard TRIM_HORIZON`;
  const consumer = await registered(kit, arn);
  if (consumer.is === 'refused') return refusalBefore(request, consumer);
  await whenActive(kit, arn);
  const subscribe = new SubscribeToShardCommand({
    ConsumerARN: consumer.value.Consumer?.ConsumerARN,
    ShardId: put.shard,
    StartingPosition: { Type: 'TRIM_HORIZON' },
  });
  const subscribed = await answered(kit.client.send(subscribe));
  if (subscribed.is === 'refused') return refusalOf(request, subscribed);
  const { EventStream } = subscribed.value;
  established(EventStream !== undefined, 'a stream of events');
  const got = await pushed(EventStream);
  return judged(got.join() === data.join(), request, got.join(', ') || 'nothing');
}

/** Until all are there, or the subscription ends, after five minutes at most; a clause has less. */
async function pushed(
  events: AsyncIterable<SubscribeToShardEventStream>,
): Promise<readonly string[]> {
  const got: string[] = [];
  for await (const { SubscribeToShardEvent: event } of events) {
    const records = event?.Records ?? [];
    got.push(...records.map(({ Data = new Uint8Array() }) => Buffer.from(Data).toString()));
    if (got.length >= data.length) break;
  }
  return got;
}

async function streamWithArn(kit: StreamKit): Promise<{ stream: string; arn: string }> {
  const stream = await kit.stream();
  const { StreamARN } = await kit.summary(stream);
  established(StreamARN !== undefined, 'a stream with an ARN');
  return { stream, arn: StreamARN };
}

type Registered = Awaited<ReturnType<typeof sendRegister>>;
const sendRegister = (kit: StreamKit, StreamARN: string) =>
  kit.client.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName }));

const registered = (kit: StreamKit, arn: string): Promise<Answered<Registered>> =>
  answered(sendRegister(kit, arn));

/** The state in which it is, or stays for too long. */
async function whenActive(kit: StreamKit, StreamARN: string): Promise<string> {
  const until = kit.occasion.nowMs() + activeMs;
  for (;;) {
    const command = new DescribeStreamConsumerCommand({ StreamARN, ConsumerName });
    const { ConsumerDescription } = await kit.client.send(command);
    const status = ConsumerDescription?.ConsumerStatus ?? 'no state';
    if (status === 'ACTIVE' || kit.occasion.nowMs() > until) return status;
    await kit.occasion.wait(200);
  }
}
