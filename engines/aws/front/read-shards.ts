import { TokenBucket } from '../../token-bucket.ts';
import type { AwsService } from './service.ts';
import {
  documentIn,
  errorAnswer,
  type Forward,
  isGood,
  listIn,
  type ServiceAnswer,
  type ServiceCall,
  textIn,
} from './service-call.ts';

type Limits = Extract<AwsService, { readonly does: 'limit-shards' }>;

/** Iterators of which it is known where they lead; the oldest is forgotten, and good for five minutes at most. */
const iteratorsMost = 10_000;

interface Shard {
  readonly reads: TokenBucket;
  readonly bytes: TokenBucket;
}

/**
 * Reads of each shard, from all readers together: so many calls a second, and so many bytes, of which one call may take
 * more than there are, so that those after it wait (API reference, GetRecords).
 */
export class ReadShards {
  readonly #limits: Limits;
  readonly #nowMs: () => number;
  readonly #shards = new Map<string, Shard>();
  /** An iterator says nothing of its shard to whoever has not made it. */
  readonly #iterators = new Map<string, string>();

  constructor(limits: Limits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  async begin(call: ServiceCall, forward: Forward): Promise<ServiceAnswer> {
    const answer = await forward();
    if (isGood(answer)) {
      const { StreamName, StreamARN } = call.parameters;
      const shard = JSON.stringify([StreamName, StreamARN, textIn(call.parameters, 'ShardId')]);
      this.#remember(textIn(documentIn(answer.body), 'ShardIterator'), shard);
    }
    return answer;
  }

  async read(call: ServiceCall, throttle: string, forward: Forward): Promise<ServiceAnswer> {
    const name = this.#iterators.get(textIn(call.parameters, 'ShardIterator'));
    if (name === undefined) return forward();
    const shard = this.#shardOf(name);
    const isAllowed = shard.bytes.tokens(this.#nowMs()) > 0 && shard.reads.take(1, this.#nowMs());
    if (!isAllowed) return errorAnswer(call, 400, throttle);
    const answer = await forward();
    if (!isGood(answer)) return answer;
    const document = documentIn(answer.body);
    this.#remember(textIn(document, 'NextShardIterator'), name);
    const bytes = listIn(document, 'Records').reduce(
      (sum, record) => sum + Buffer.byteLength(textIn(record, 'Data'), 'base64'),
      0,
    );
    shard.bytes.owe(bytes, this.#nowMs());
    return answer;
  }

  #shardOf(name: string): Shard {
    const known = this.#shards.get(name);
    if (known !== undefined) return known;
    const { readsPerSecond, readBytesPerSecond } = this.#limits;
    const nowMs = this.#nowMs();
    const shard = {
      reads: new TokenBucket(readsPerSecond, readsPerSecond, nowMs),
      bytes: new TokenBucket(readBytesPerSecond, readBytesPerSecond, nowMs),
    };
    this.#shards.set(name, shard);
    return shard;
  }

  #remember(iterator: string, shard: string): void {
    if (iterator === '') return;
    this.#iterators.set(iterator, shard);
    if (this.#iterators.size <= iteratorsMost) return;
    const [oldest] = this.#iterators.keys();
    if (oldest !== undefined) this.#iterators.delete(oldest);
  }
}
