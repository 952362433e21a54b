import { TokenBucket } from '../../token-bucket.ts';
import { type OpenShard, OpenShards, shardOf } from './open-shards.ts';
import { ReadShards } from './read-shards.ts';
import type { AwsService } from './service.ts';
import {
  answered,
  documentIn,
  errorAnswer,
  type Forward,
  goodAnswer,
  isGood,
  listIn,
  type Manner,
  type Parameters,
  type Reaction,
  type ServiceAnswer,
  type ServiceCall,
  textIn,
  withDocument,
} from './service-call.ts';

type Limits = Extract<AwsService, { readonly does: 'limit-shards' }>;

/** Name of the error of a call, and code of a record of PutRecords (API reference). */
const throttle = 'ProvisionedThroughputExceededException';

interface Room {
  readonly records: TokenBucket;
  readonly bytes: TokenBucket;
}

/**
 * What a shard takes and gives in a second, and a second's worth of it at once. Of a PutRecords each record beyond it
 * fails for itself, and the others are carried out (API reference, PutRecords: response elements).
 */
export class LimitedShards implements Manner {
  readonly #limits: Limits;
  readonly #nowMs: () => number;
  readonly #open: OpenShards;
  readonly #reads: ReadShards;
  readonly #rooms = new Map<string, Room>();

  constructor(limits: Limits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#open = new OpenShards(nowMs);
    this.#reads = new ReadShards(limits, nowMs);
  }

  async react(call: ServiceCall, forward: Forward): Promise<Reaction> {
    switch (call.operation) {
      case 'PutRecord':
        return answered(await this.#put(call, forward));
      case 'PutRecords':
        return answered(await this.#putAll(call, forward));
      case 'GetShardIterator':
        return answered(await this.#reads.begin(call, forward));
      case 'GetRecords':
        return answered(await this.#reads.read(call, throttle, forward));
      default:
        return answered(await forward());
    }
  }

  async #put(call: ServiceCall, forward: Forward): Promise<ServiceAnswer> {
    const stream = streamIn(call);
    const shard = shardOf(await this.#open.of(stream, forward), call.parameters);
    return this.#isThrottled(stream, shard, call.parameters)
      ? errorAnswer(call, 400, throttle)
      : forward();
  }

  async #putAll(call: ServiceCall, forward: Forward): Promise<ServiceAnswer> {
    const stream = streamIn(call);
    const shards = await this.#open.of(stream, forward);
    const records = listIn(call.parameters, 'Records').map((record) => {
      const shard = shardOf(shards, record);
      return { record, shard, isThrottled: this.#isThrottled(stream, shard, record) };
    });
    if (records.every(({ isThrottled }) => !isThrottled)) return forward();
    const Records = records.filter(({ isThrottled }) => !isThrottled).map(({ record }) => record);
    // A call without records would be refused as a whole.
    const answer =
      Records.length === 0
        ? goodAnswer(call, { FailedRecordCount: 0, Records: [] })
        : await forward({ ...call.parameters, Records });
    if (!isGood(answer)) return answer;
    const document = documentIn(answer.body);
    const others = [...listIn(document, 'Records')];
    const failed = records.length - Records.length;
    return withDocument(answer, {
      ...document,
      FailedRecordCount: Number(document['FailedRecordCount'] ?? 0) + failed,
      Records: records.map(({ shard, isThrottled }) =>
        isThrottled ? refusal(stream, shard) : (others.shift() ?? {}),
      ),
    });
  }

  /** Takes the room of a record that is let through. One of which nobody knows the shard is the service's affair. */
  #isThrottled(stream: Parameters, shard: OpenShard | undefined, record: Parameters): boolean {
    if (shard === undefined) return false;
    const { records, bytes } = this.#roomOf(JSON.stringify([stream, shard.id]));
    const nowMs = this.#nowMs();
    const size =
      Buffer.byteLength(textIn(record, 'Data'), 'base64') +
      Buffer.byteLength(textIn(record, 'PartitionKey'));
    if (records.tokens(nowMs) < 1 || bytes.tokens(nowMs) < size) return true;
    records.owe(1, nowMs);
    bytes.owe(size, nowMs);
    return false;
  }

  #roomOf(name: string): Room {
    const known = this.#rooms.get(name);
    if (known !== undefined) return known;
    const { recordsPerSecond, bytesPerSecond } = this.#limits;
    const nowMs = this.#nowMs();
    const room = {
      records: new TokenBucket(recordsPerSecond, recordsPerSecond, nowMs),
      bytes: new TokenBucket(bytesPerSecond, bytesPerSecond, nowMs),
    };
    this.#rooms.set(name, room);
    return room;
  }
}

/** What names it: its name or its ARN. */
function streamIn({ parameters }: ServiceCall): Parameters {
  const name = textIn(parameters, 'StreamName');
  return name === '' ? { StreamARN: textIn(parameters, 'StreamARN') } : { StreamName: name };
}

const refusal = (stream: Parameters, shard: OpenShard | undefined): Parameters => ({
  ErrorCode: throttle,
  ErrorMessage: `Rate exceeded for shard ${shard?.id} in stream ${Object.values(stream).join()}.`,
});
