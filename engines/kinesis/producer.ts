import {
  type KinesisClient,
  PutRecordCommand,
  PutRecordsCommand,
  type PutRecordsRequestEntry,
} from '@aws-sdk/client-kinesis';
import { invariant } from '../../harness/core/errors.ts';
import {
  type BatchAnswer,
  type BatchService,
  type EntryEnd,
  LaneProducer,
} from '../aws/lane-producer.ts';
import { AwsCode } from '../aws/outcomes.ts';
import type { Waiting } from '../aws/send-lane.ts';
import type { ActorContext, Deployed, Outgoing, Place, Producer, ProducerSink } from '../engine.ts';
import { LatestOfKeys } from './latest-of-keys.ts';
import type { KinesisOptions } from './options.ts';
import { codeOfFailed, entryOf, refusalOf } from './records.ts';
import { StreamShards } from './stream-shards.ts';
import { sendLimitOf } from './traits.ts';

export function kinesisProducer(
  client: KinesisClient,
  options: KinesisOptions,
  deployed: Deployed,
  sink: ProducerSink,
  actor: ActorContext,
): Producer {
  const { sendsAtOnce, bufferMessages, throttledForMs } = options;
  const service = new StreamService(client, options, deployed, actor);
  const limit = sendLimitOf(options);
  const manner = { lanes: sendsAtOnce, limit, bufferMessages, throttledForMs };
  return new LaneProducer(service, manner, sink);
}

type Waits = Waiting<PutRecordsRequestEntry>;

/** A record's place as a call is told it. */
interface Stored {
  readonly ShardId?: string | undefined;
  readonly SequenceNumber?: string | undefined;
}

class StreamService implements BatchService<PutRecordsRequestEntry> {
  readonly #client: KinesisClient;
  readonly #options: KinesisOptions;
  readonly #streams: readonly StreamShards[];
  readonly #actor: ActorContext;
  readonly #latest = new LatestOfKeys();

  constructor(
    client: KinesisClient,
    options: KinesisOptions,
    deployed: Deployed,
    actor: ActorContext,
  ) {
    this.#client = client;
    this.#options = options;
    this.#streams = StreamShards.allOf(deployed);
    this.#actor = actor;
  }

  refusalOf(message: Outgoing): AwsCode | undefined {
    return refusalOf(message, this.#stream(message.destination).shards, this.#own(message));
  }

  entryOf(message: Outgoing): PutRecordsRequestEntry {
    return entryOf(message, this.#stream(message.destination).shards, this.#own(message));
  }

  /**
   * Calls that are open at once have no records of the same shard, so that a shard has them in the order in which they
   * were sent. One record a call would be too slow for that: there, of the same key, which is what is promised.
   */
  orderedBy(message: Outgoing): string {
    const { key, partition, destination } = message;
    if (this.#options.call === 'PutRecord' && partition === undefined && key !== undefined) {
      return `key ${key.toString('base64')}`;
    }
    const own = this.#own(message);
    const shard = partition ?? this.#stream(destination).shardOfKey(key, own);
    return `shard ${shard}`;
  }

  send(destination: number, messages: readonly Waits[]): Promise<BatchAnswer> {
    const stream = this.#stream(destination);
    const [only] = messages;
    if (this.#options.call === 'PutRecords') return this.#putAll(stream, messages);
    invariant(only !== undefined && messages.length === 1, 'PutRecord takes one record');
    return this.#putOne(stream, only);
  }

  async #putAll(stream: StreamShards, messages: readonly Waits[]): Promise<BatchAnswer> {
    const Records = messages.map(({ entry }) => entry);
    const answer = await this.#client.send(
      new PutRecordsCommand({ StreamName: stream.name, Records }),
    );
    const { attempts = 1 } = answer.$metadata;
    const ends = messages.map((_, index): EntryEnd => {
      const entry = answer.Records?.[index];
      const place = placeOf(stream, entry);
      if (place === undefined) return { code: codeOfFailed(entry, attempts), place };
      return { code: AwsCode.ok, place };
    });
    return { attempts, ends };
  }

  async #putOne(stream: StreamShards, { entry, isOrdered }: Waits): Promise<BatchAnswer> {
    const orderedBy = isOrdered
      ? `${stream.name} ${entry.ExplicitHashKey ?? entry.PartitionKey}`
      : undefined;
    const answer = await this.#client.send(
      new PutRecordCommand({
        StreamName: stream.name,
        ...entry,
        ...this.#latest.before(orderedBy),
      }),
    );
    const { attempts = 1 } = answer.$metadata;
    const place = placeOf(stream, answer);
    this.#latest.remember(orderedBy, answer.SequenceNumber);
    const code = place === undefined ? AwsCode.notUnderstood : AwsCode.ok;
    return { attempts, ends: [{ code, place }] };
  }

  #stream(destination: number): StreamShards {
    const stream = this.#streams[destination];
    invariant(stream !== undefined, `no destination ${destination}`);
    return stream;
  }

  #own({ ticket }: Outgoing): string {
    return `${this.#actor.name}-${ticket}`;
  }
}

/** @returns undefined where the answer says of no place */
function placeOf(
  stream: StreamShards,
  { ShardId, SequenceNumber }: Stored = {},
): Place | undefined {
  return ShardId === undefined || SequenceNumber === undefined
    ? undefined
    : stream.placeOf(ShardId, SequenceNumber);
}
