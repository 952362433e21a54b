import { describe, expect, test } from 'vitest';
import { LimitedShards } from '../../../../engines/aws/front/limited-shards.ts';
import type { Parameters } from '../../../../engines/aws/front/service-call.ts';
import { Fronted } from './front.ts';

const throttle = 'ProvisionedThroughputExceededException';
const limits = {
  does: 'limit-shards',
  recordsPerSecond: 1_000,
  bytesPerSecond: 1_048_576,
  readsPerSecond: 5,
  readBytesPerSecond: 2_097_152,
} as const;
interface Shard {
  readonly id: string;
  readonly first: bigint;
  readonly last: bigint;
  readonly isEnded?: boolean;
}

const middle = 2n ** 127n;
const whole: Shard = { id: 'whole', first: 0n, last: 2n ** 128n - 1n };
const lower: Shard = { id: 'lower', first: 0n, last: middle - 1n };
const upper: Shard = { id: 'upper', first: middle, last: 2n ** 128n - 1n };

const listed = (shards: readonly Shard[]): Parameters => ({
  Shards: shards.map(({ id, first, last, isEnded = false }) => ({
    ShardId: id,
    HashKeyRange: { StartingHashKey: String(first), EndingHashKey: String(last) },
    SequenceNumberRange: {
      StartingSequenceNumber: '0',
      ...(isEnded ? { EndingSequenceNumber: '1' } : {}),
    },
  })),
});

const data = (bytes: number): string => Buffer.alloc(bytes).toString('base64');
const records = (count: number, more: Parameters = {}) =>
  Array.from({ length: count }, (_, at) => ({ Data: data(1), PartitionKey: `k${at}`, ...more }));
const listOf = (of: Parameters, name: string): readonly Parameters[] => of[name] as Parameters[];

/** A service that stores everything and numbers it. */
function stream(...shards: readonly Shard[]) {
  const clock = { nowMs: 0 };
  const front = new Fronted(new LimitedShards(limits, () => clock.nowMs));
  const there: { shards: readonly Shard[] } = { shards };
  let number = 0;
  front.answers = (asked, operation) => {
    switch (operation) {
      case 'ListShards':
        return listed(there.shards);
      case 'PutRecords':
        return {
          FailedRecordCount: 0,
          Records: listOf(asked, 'Records').map(() => ({ SequenceNumber: String(number++) })),
        };
      default:
        return { SequenceNumber: String(number++) };
    }
  };
  const put = async (Records: readonly Parameters[]) => {
    const [status, answer] = await front.ask('PutRecords', { StreamName: 's', Records });
    return { status, answer, codes: listOf(answer, 'Records').map(({ ErrorCode }) => ErrorCode) };
  };
  const failures = async (Records: readonly Parameters[]) =>
    (await put(Records)).codes.filter((code) => code === throttle).length;
  return { front, clock, there, put, failures };
}
describe('what a shard takes in a second', () => {
  test('is 1,000 records: of a call, those beyond it fail for themselves, and the service does not hear of them', async () => {
    const { front, put, failures } = stream(whole);
    expect(await failures(records(500))).toBe(0);
    expect(await failures(records(490))).toBe(0);
    const { status, answer, codes } = await put(records(20));
    expect(status).toBe(200);
    expect(codes).toEqual([...Array(10).fill(undefined), ...Array(10).fill(throttle)]);
    expect(answer['FailedRecordCount']).toBe(10);
    expect(listOf(answer, 'Records')[9]).toEqual({ SequenceNumber: '999' });
    expect(listOf(front.asked.at(-1) ?? {}, 'Records')).toHaveLength(10);
    const before = front.asked.length;
    expect(await failures(records(1))).toBe(1);
    expect(front.asked).toHaveLength(before);
  });

  test('is as much again as time brings, and no more than a second’s worth is saved', async () => {
    const { clock, failures } = stream(whole);
    await failures(records(1_000));
    clock.nowMs = 100;
    expect(await failures(records(150))).toBe(50);
    clock.nowMs = 60_000;
    expect(await failures(records(1_500))).toBe(500);
  });

  test('is 1 MiB of data and keys, and what is small enough may pass', async () => {
    const { put } = stream(whole);
    const large = { Data: data(1_048_570), PartitionKey: 'k' };
    const small = { Data: data(2), PartitionKey: 'kk' };
    const { codes } = await put([large, { ...large, Data: data(5) }, small]);
    expect(codes).toEqual([undefined, throttle, undefined]);
  });

  test('is each shard’s own, by the MD5 of a key or by its explicit hash key', async () => {
    const { failures } = stream(lower, upper);
    expect(await failures(records(1_000, { ExplicitHashKey: '0' }))).toBe(0);
    expect(await failures(records(1_000, { ExplicitHashKey: String(middle) }))).toBe(0);
    expect(await failures(records(1, { ExplicitHashKey: '0' }))).toBe(1);
    // MD5: 8ce4b16b… is in the upper half, 0cc175b9… in the lower one.
    const { failures: anew } = stream(lower, upper);
    expect(await anew(records(1_000, { PartitionKey: 'k' }))).toBe(0);
    expect(await anew(records(1, { PartitionKey: 'a' }))).toBe(0);
    expect(await anew(records(1, { PartitionKey: 'k' }))).toBe(1);
  });

  test('is refused as a whole where a call has one record', async () => {
    const { front, failures } = stream(whole);
    await failures(records(1_000));
    const [status, answer] = await front.ask('PutRecord', { StreamName: 's', ...records(1)[0] });
    expect([status, answer['__type']]).toEqual([400, throttle]);
  });

  test('is that of its children a second after it was split', async () => {
    const { clock, there, failures } = stream(whole);
    await failures(records(1_000, { ExplicitHashKey: '0' }));
    there.shards = [{ ...whole, isEnded: true }, lower, upper];
    clock.nowMs = 1_000;
    expect(await failures(records(1_001, { ExplicitHashKey: '0' }))).toBe(1);
    expect(await failures(records(1_000, { ExplicitHashKey: String(middle) }))).toBe(0);
  });

  test('is nobody’s affair here where the service lists no shards', async () => {
    const { failures } = stream();
    expect(await failures(records(2_000))).toBe(0);
  });
});

describe('what a shard gives in a second', () => {
  const reader = (bytes: number) => {
    const clock = { nowMs: 0 };
    const front = new Fronted(new LimitedShards(limits, () => clock.nowMs));
    let iterators = 0;
    front.answers = (_, operation) =>
      operation === 'GetShardIterator'
        ? { ShardIterator: `i${iterators++}` }
        : { Records: [{ Data: data(bytes) }], NextShardIterator: `i${iterators++}` };
    const begin = async (ShardId: string): Promise<unknown> => {
      const [, answer] = await front.ask('GetShardIterator', { StreamName: 's', ShardId });
      return answer['ShardIterator'];
    };
    const read = async (ShardIterator: unknown): Promise<readonly [number, unknown]> => {
      const [status, answer] = await front.ask('GetRecords', { ShardIterator });
      return [status, answer['NextShardIterator'] ?? answer['__type']];
    };
    return { clock, begin, read };
  };

  test('are five reads, from all its readers together, and five of another shard', async () => {
    const { begin, read, clock } = reader(1);
    let [one, other] = [await begin('a'), await begin('a')];
    for (let reads = 0; reads < 5; reads += 1) {
      const [status, next] = await read(one);
      expect(status).toBe(200);
      [one, other] = [other, next];
    }
    expect(await read(one)).toEqual([400, throttle]);
    expect((await read(await begin('b')))[0]).toBe(200);
    clock.nowMs = 200;
    expect((await read(one))[0]).toBe(200);
  });

  test('are 2 MiB, of which one read may take more, so that those after it wait', async () => {
    const { begin, read, clock } = reader(4 * 1_048_576);
    const [, next] = await read(await begin('a'));
    clock.nowMs = 900;
    expect(await read(next)).toEqual([400, throttle]);
    clock.nowMs = 1_100;
    expect((await read(next))[0]).toBe(200);
  });

  test('is not counted where nobody knows the shard', async () => {
    const { read } = reader(1);
    for (let reads = 0; reads < 10; reads += 1) expect((await read('unknown'))[0]).toBe(200);
  });
});
