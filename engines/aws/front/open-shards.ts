import { createHash } from 'node:crypto';
import {
  documentIn,
  type Forward,
  isGood,
  listIn,
  type Parameters,
  textIn,
} from './service-call.ts';

export interface OpenShard {
  readonly id: string;
  readonly first: bigint;
  readonly last: bigint;
}

interface Look {
  readonly atMs: number;
  readonly shards: Promise<readonly OpenShard[]>;
}

/** Shards change when a stream is split or merged, and no answer to a put says so before it is carried out. */
const goodForMs = 1_000;

/** The open shards of streams, as the service lists them. */
export class OpenShards {
  readonly #nowMs: () => number;
  readonly #looks = new Map<string, Look>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @returns none where the service does not list them: then it may say itself what it thinks of the call */
  async of(stream: Parameters, forward: Forward): Promise<readonly OpenShard[]> {
    const name = JSON.stringify(stream);
    const nowMs = this.#nowMs();
    const known = this.#looks.get(name);
    if (known !== undefined && nowMs - known.atMs < goodForMs) return known.shards;
    const shards = listed(stream, forward);
    this.#looks.set(name, { atMs: nowMs, shards });
    const found = await shards;
    if (found.length === 0) this.#looks.delete(name);
    return found;
  }
}

async function listed(stream: Parameters, forward: Forward): Promise<readonly OpenShard[]> {
  const shards: OpenShard[] = [];
  for (let asked = stream; ; ) {
    const answer = await forward(asked, 'ListShards');
    if (!isGood(answer)) return [];
    const document = documentIn(answer.body);
    shards.push(...listIn(document, 'Shards').flatMap(openIn));
    const NextToken = textIn(document, 'NextToken');
    if (NextToken === '') return shards;
    asked = { NextToken };
  }
}

function openIn(shard: Parameters): readonly OpenShard[] {
  const { HashKeyRange: keys, SequenceNumberRange: numbers } = shard as {
    readonly HashKeyRange?: Parameters;
    readonly SequenceNumberRange?: Parameters;
  };
  if (keys === undefined || textIn(numbers ?? {}, 'EndingSequenceNumber') !== '') return [];
  return [
    {
      id: textIn(shard, 'ShardId'),
      first: BigInt(textIn(keys, 'StartingHashKey')),
      last: BigInt(textIn(keys, 'EndingHashKey')),
    },
  ];
}

/** Where a record goes: by its own hash key, or by the MD5 of its partition key (API reference, PutRecord). */
export function shardOf(shards: readonly OpenShard[], record: Parameters): OpenShard | undefined {
  const own = textIn(record, 'ExplicitHashKey');
  if (own !== '' && !/^\d+$/.test(own)) return undefined;
  const key = textIn(record, 'PartitionKey');
  const hash = BigInt(own === '' ? `0x${createHash('md5').update(key).digest('hex')}` : own);
  return shards.find(({ first, last }) => first <= hash && hash <= last);
}
