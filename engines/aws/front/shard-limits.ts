import { TokenBucket } from '../../token-bucket.ts';

/**
 * Of one shard (Kinesis Developer Guide, quotas and limits): what is written, with partition keys, and what is read
 * without enhanced fan-out.
 */
const recordsPerSecond = 1_000;
const writtenPerSecond = 1024 * 1024;
const readsPerSecond = 5;
const readPerSecond = 2 * 1024 * 1024;

/**
 * What the shards of a stream take and give, and a second's worth of it at once. A read may bring more than a second's
 * worth; then the shard gives nothing until all of it is made up for: five seconds after one of 10 MB.
 */
export class ShardLimits {
  readonly #shards = new Map<string, Shard>();

  /**
   * Whether the shard takes one more record, which is counted if so; PutRecords has an answer for each of its records.
   * @param bytes of its data and its partition key
   */
  takesRecord(shard: string, bytes: number, nowMs: number): boolean {
    const { records, written } = this.#shard(shard, nowMs);
    if (records.tokens(nowMs) < 1 || written.tokens(nowMs) < bytes) return false;
    records.charge(1, nowMs);
    written.charge(bytes, nowMs);
    return true;
  }

  /** Whether the shard answers one more GetRecords, which is counted if so. */
  givesRecords(shard: string, nowMs: number): boolean {
    const { reads, read, owes } = this.#shard(shard, nowMs);
    const isOpen = owes.bytes ? read.tokens(nowMs) >= readPerSecond : read.tokens(nowMs) > 0;
    if (!isOpen) return false;
    owes.bytes = false;
    return reads.take(1, nowMs);
  }

  /** What an answer to GetRecords brought. */
  gave(shard: string, bytes: number, nowMs: number): void {
    const { read, owes } = this.#shard(shard, nowMs);
    read.charge(bytes, nowMs);
    if (read.tokens(nowMs) < 0) owes.bytes = true;
  }

  #shard(name: string, nowMs: number): Shard {
    const known = this.#shards.get(name);
    if (known !== undefined) return known;
    const secondsWorth = (of: number): TokenBucket => new TokenBucket(of, of, nowMs);
    const shard = {
      records: secondsWorth(recordsPerSecond),
      written: secondsWorth(writtenPerSecond),
      reads: secondsWorth(readsPerSecond),
      read: secondsWorth(readPerSecond),
      owes: { bytes: false },
    };
    this.#shards.set(name, shard);
    return shard;
  }
}

interface Shard {
  readonly records: TokenBucket;
  readonly written: TokenBucket;
  readonly reads: TokenBucket;
  readonly read: TokenBucket;
  readonly owes: { bytes: boolean };
}
