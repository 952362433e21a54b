import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RedisCode } from '../../../engines/redis/outcomes.ts';
import type { RedisOptions } from '../../../engines/redis/options.ts';
import { onServer } from '../../../engines/redis/primary.ts';
import { profiles } from '../../../engines/redis/profiles.ts';
import { wire } from '../../../engines/redis/wire.ts';
import { swallowingProxy } from '../embedded/swallowing-proxy.ts';
import { numbered, outgoing, type Recorded, until } from '../live-cell.ts';
import {
  live,
  type LiveCell,
  type LiveRedis,
  openCell,
  startLiveRedis,
  whyNotLive,
} from './live-redis.ts';

const plain = profiles.everysec.options;
const always = profiles['fsync-always'].options;

const codes = ({ results }: Recorded): readonly number[] =>
  [...results.values()].map(({ code }) => code);

describe.skipIf(!live)(`how sends end on a real server (${whyNotLive})`, () => {
  let redis: LiveRedis;
  beforeAll(async () => {
    redis = await startLiveRedis({ settings: { appendfsync: 'always' } });
  });
  afterAll(() => redis?.down());

  const inCell = async (
    options: RedisOptions,
    body: (cell: LiveCell) => Promise<void>,
  ): Promise<void> => {
    const cell = await openCell(redis.up.target, { ...options, appendFsync: 'always' });
    try {
      await body(cell);
    } finally {
      await cell.close();
    }
  };

  const onIt = <T>(...question: readonly string[]): Promise<T> => {
    const [upstream] = redis.up.upstreams;
    if (upstream === undefined) throw new Error('no server');
    return onServer(upstream, (link) => link.call<T>(question));
  };

  test('an acknowledged send has the place of its message, and the stream holds it', () =>
    inCell(plain, async (cell) => {
      const { producer, sink } = await cell.producer();
      producer.send(numbered(1_000));
      await producer.flush();
      expect(new Set(codes(sink))).toEqual(new Set([RedisCode.ok]));
      const places = [...sink.results.values()].map(({ place }) => JSON.stringify(place));
      expect(new Set(places).size).toBe(1_000);
      expect(await cell.open()).toBe(1_000);
    }));

  test('a lost answer leaves the send unknown, although the stream has it', () =>
    inCell(plain, async (cell) => {
      const [upstream] = redis.up.upstreams;
      const proxy = await swallowingProxy(wire, upstream?.port ?? 0, 1);
      try {
        const { producer, sink } = await cell.producer({
          ...redis.up.target,
          address: proxy.address,
        });
        producer.send([outgoing(1, 'stored')]);
        await until(() => sink.disconnections.length === 1);
        expect(proxy.swallowed()).toBe(1);
        expect(codes(sink)).toEqual([RedisCode.connectionLost]);
        expect(await cell.open()).toBe(1);
        producer.send([outgoing(2, 'too late')]);
        await producer.flush();
        expect(sink.results.get(2)).toMatchObject({
          outcome: 'fail',
          code: RedisCode.notConnected,
        });
      } finally {
        proxy.close();
      }
    }));

  test('a server that stands still leaves the send unknown and loses its connection', () =>
    inCell({ ...plain, answerTimeoutMs: 500 }, async (cell) => {
      const { producer, sink } = await cell.producer();
      const pid = redis.up.nodes[0]?.pid() ?? 0;
      process.kill(pid, 'SIGSTOP');
      try {
        producer.send([outgoing(1, 'meanwhile')]);
        await until(() => sink.disconnections.length === 1);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      expect(sink.results.get(1)).toMatchObject({ outcome: 'unknown', code: RedisCode.noAnswer });
      await until(async () => (await cell.open()) === 1);
    }));

  test('what the server refuses is certainly not stored', () =>
    inCell(plain, async (cell) => {
      const { producer, sink } = await cell.producer();
      await onIt('CONFIG', 'SET', 'maxmemory', '1');
      try {
        producer.send([outgoing(1, 'no room')]);
        await producer.flush();
      } finally {
        await onIt('CONFIG', 'SET', 'maxmemory', '0');
      }
      expect(sink.results.get(1)).toMatchObject({
        outcome: 'fail',
        code: RedisCode.refusedByServer,
      });
      expect(await cell.open()).toBe(0);
    }));

  test('what fewer replicas have than WAIT asks for is unknown, although the primary has it', () =>
    // WAIT takes half of it, and its answer has the other half.
    inCell({ ...plain, answerTimeoutMs: 5_000 }, async (cell) => {
      const alone = { ...cell.deployed, settings: { replicas: '1' } };
      const { producer, sink } = await cell.producer(redis.up.target, alone);
      producer.send([outgoing(1, 'on the primary')]);
      await producer.flush();
      expect(sink.results.get(1)).toMatchObject({
        outcome: 'unknown',
        code: RedisCode.fewerReplicas,
        place: undefined,
      });
      expect(await cell.open()).toBe(1);
    }));

  test('a profile is refused where the server syncs otherwise than it says', async () => {
    await expect(openCell(redis.up.target, plain)).rejects.toThrow(/needs appendfsync everysec/);
  });

  test('what was acknowledged after a sync is there after a kill -9 and a restart', () =>
    inCell(always, async (cell) => {
      const { producer, sink } = await cell.producer();
      for (let from = 0; from < 3_000; from += 100) producer.send(numbered(100, from));
      await until(() => sink.results.size > 1_000);
      const [node] = redis.up.nodes;
      await node?.kill();
      await until(() => sink.disconnections.length === 1);
      await node?.restart();
      const acknowledged = codes(sink).filter((code) => code === RedisCode.ok).length;
      expect(acknowledged).toBeGreaterThan(1_000);
      expect(sink.results.size).toBe(3_000);
      expect(await cell.open()).toBeGreaterThanOrEqual(acknowledged);
    }));
});
