import {
  type ChildShard,
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  type PutRecordCommandInput,
  type Shard,
  type StreamDescriptionSummary,
} from '@aws-sdk/client-kinesis';
import { established } from '../../aws/fidelity/answers.ts';
import { clausesWith } from '../../aws/fidelity/clauses-with.ts';
import { Lateness, tooSlow } from '../../aws/fidelity/lateness.ts';
import { probeClients } from '../../aws/fidelity/probe-clients.ts';
import type { Occasion } from '../../fidelity.ts';

type PutMore = Omit<PutRecordCommandInput, 'StreamName' | 'Data'>;
export type From = Pick<
  GetShardIteratorCommandInput,
  'ShardIteratorType' | 'StartingSequenceNumber' | 'Timestamp'
>;
export const fromStart: From = { ShardIteratorType: 'TRIM_HORIZON' };

/** A shard is read five times a second at most (API reference, GetRecords). */
const betweenReadsMs = 200;
const activeMs = 60_000;
const readMs = 5_000;

export interface Put {
  readonly shard: string;
  readonly number: string;
}

export interface ReadRecord {
  readonly data: string;
  readonly key: string;
  readonly number: string;
  readonly arrivedMs: number;
}

/** What one read of a shard after another brought. */
export interface Reading {
  readonly records: readonly ReadRecord[];
  /** Undefined: the shard has ended. */
  readonly next: string | undefined;
  /** Those that its last answer named. */
  readonly children: readonly ChildShard[];
}

/**
 * What probes of streams speak through: the client that users use, with one attempt a call. Its methods establish what a
 * clause needs and throw where the target does not go along; the call that a clause is about goes through `answered`.
 */
export class StreamKit {
  readonly client: KinesisClient;
  readonly #removing: KinesisClient;
  readonly occasion: Occasion;
  readonly lateness: Lateness;
  readonly #made: string[] = [];
  #names = 0;

  constructor(occasion: Occasion) {
    this.lateness = new Lateness(() => occasion.nowMs());
    this.occasion = {
      ...occasion,
      wait: (ms) => this.lateness.of(Math.max(0, ms), () => occasion.wait(ms)),
    };
    const { asking, removing } = probeClients(occasion);
    this.client = new KinesisClient(asking);
    this.#removing = new KinesisClient(removing);
  }

  /** Of a stream that will be removed, whoever makes it. */
  nextName(): string {
    this.#names += 1;
    const name = `${this.occasion.name}-${this.#names}`;
    this.#made.push(name);
    return name;
  }

  /** @returns the name of a stream that can be used */
  async stream(ShardCount = 1): Promise<string> {
    const StreamName = this.nextName();
    await this.client.send(new CreateStreamCommand({ StreamName, ShardCount }));
    await this.whenActive(StreamName);
    return StreamName;
  }

  /** Waits for what a call to a stream has begun. */
  async whenActive(StreamName: string): Promise<void> {
    const until = this.occasion.nowMs() + activeMs;
    for (;;) {
      const { StreamStatus } = await this.summary(StreamName);
      if (StreamStatus === 'ACTIVE') return;
      established(this.occasion.nowMs() <= until, `a stream that is ACTIVE, not ${StreamStatus}`);
      await this.occasion.wait(betweenReadsMs);
    }
  }

  async summary(StreamName: string): Promise<StreamDescriptionSummary> {
    const command = new DescribeStreamSummaryCommand({ StreamName });
    const { StreamDescriptionSummary } = await this.lateness.of(0, () => this.client.send(command));
    established(StreamDescriptionSummary !== undefined, 'a summary of a stream');
    return StreamDescriptionSummary;
  }

  /** All of them, those that have ended among them, by their hash keys and then by their age. */
  async shards(StreamName: string): Promise<readonly Shard[]> {
    const shards: Shard[] = [];
    let NextToken: string | undefined;
    do {
      const asked = NextToken === undefined ? { StreamName } : { NextToken };
      const page = await this.client.send(new ListShardsCommand(asked));
      shards.push(...(page.Shards ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    established(shards.length > 0, 'a stream with a shard');
    return shards.toSorted((one, other) => compared(rangeOf(one)[0], rangeOf(other)[0]));
  }

  /** The only one of a stream that was made with one. */
  async shard(StreamName: string): Promise<string> {
    const [shard] = await this.shards(StreamName);
    return idOf(shard);
  }

  async put(StreamName: string, data: string, more: Partial<PutMore> = {}): Promise<Put> {
    const Data = Buffer.from(data);
    const command = new PutRecordCommand({ StreamName, Data, PartitionKey: 'k', ...more });
    const { ShardId, SequenceNumber } = await this.lateness.of(0, () => this.client.send(command));
    established(ShardId !== undefined && SequenceNumber !== undefined, 'a record with a place');
    return { shard: ShardId, number: SequenceNumber };
  }

  /** One after another. */
  async putAll(StreamName: string, all: readonly string[], more: Partial<PutMore> = {}) {
    const puts: Put[] = [];
    for (const data of all) puts.push(await this.put(StreamName, data, more));
    return puts;
  }

  async iterator(StreamName: string, ShardId: string, from: From): Promise<string> {
    const command = new GetShardIteratorCommand({ StreamName, ShardId, ...from });
    const { ShardIterator } = await this.client.send(command);
    established(ShardIterator !== undefined, 'a shard iterator');
    return ShardIterator;
  }

  page(ShardIterator: string, Limit = 1_000): Promise<GetRecordsCommandOutput> {
    const command = new GetRecordsCommand({ ShardIterator, Limit });
    return this.lateness.of(0, () => this.client.send(command));
  }

  /**
   * Reads on until there are so many records, or the shard has ended, or the time is over.
   * @throws where fewer came because the machine may have stalled: that is no evidence
   */
  async read(iterator: string, count: number): Promise<Reading> {
    const hasStalled = this.lateness.watch();
    const until = this.occasion.nowMs() + readMs;
    const records: ReadRecord[] = [];
    for (let at = iterator; ; ) {
      const { Records = [], NextShardIterator, ChildShards = [] } = await this.page(at);
      records.push(...Records.map(readRecord));
      const next = NextShardIterator ?? undefined;
      const isOver = this.occasion.nowMs() > until;
      if (next === undefined || records.length >= count || isOver) {
        if (isOver && records.length < count && hasStalled()) throw new Error(tooSlow);
        return { records, next, children: ChildShards };
      }
      at = next;
      await this.occasion.wait(betweenReadsMs);
    }
  }

  async readFrom(stream: string, shard: string, from: From, count: number): Promise<Reading> {
    return this.read(await this.iterator(stream, shard, from), count);
  }

  /** What cannot be removed stays: the clause has its answer by then. */
  async close(): Promise<void> {
    for (const StreamName of this.#made) {
      const command = new DeleteStreamCommand({ StreamName, EnforceConsumerDeletion: true });
      await this.#removing.send(command).catch(() => undefined);
    }
    this.client.destroy();
    this.#removing.destroy();
  }
}

type RecordOf = NonNullable<GetRecordsCommandOutput['Records']>[number];

function readRecord(record: RecordOf): ReadRecord {
  const { Data = new Uint8Array(), PartitionKey = '', SequenceNumber = '' } = record;
  return {
    data: Buffer.from(Data).toString(),
    key: PartitionKey,
    number: SequenceNumber,
    arrivedMs: record.ApproximateArrivalTimestamp?.getTime() ?? Number.NaN,
  };
}

export function idOf(shard: Shard | undefined): string {
  established(shard?.ShardId !== undefined, 'a shard with an id');
  return shard.ShardId;
}

/** First and last hash key. */
export function rangeOf(shard: Shard | undefined): readonly [first: bigint, last: bigint] {
  const { StartingHashKey = '', EndingHashKey = '' } = shard?.HashKeyRange ?? {};
  established(StartingHashKey !== '' && EndingHashKey !== '', 'a shard with hash keys');
  return [BigInt(StartingHashKey), BigInt(EndingHashKey)];
}

const compared = (one: bigint, other: bigint): number => (one < other ? -1 : one > other ? 1 : 0);

/** Numbers have as many digits as they need. */
export function isRising(numbers: readonly string[]): boolean {
  return numbers.every((number, at) => {
    const before = numbers[at - 1] ?? '-1';
    return /^\d+$/.test(number) && BigInt(number) > BigInt(before);
  });
}

export const dataOf = (records: readonly ReadRecord[]): string =>
  records.map(({ data }) => data).join(', ') || 'nothing';

export const numbered = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, at) => `r${from + at}`);

export const guide = 'https://docs.aws.amazon.com/streams/latest/dev';
export const reference = 'https://docs.aws.amazon.com/kinesis/latest/APIReference';

/** The clauses of one group. */
export const streamClauses = clausesWith((occasion) => new StreamKit(occasion));
