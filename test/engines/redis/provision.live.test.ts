import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Producer } from '../../../engines/engine.ts';
import type { BrokerNode } from '../../../engines/provisioner.ts';
import { RedisCode } from '../../../engines/redis/outcomes.ts';
import { profiles } from '../../../engines/redis/profiles.ts';
import { numbered, type Recorded, until } from '../live-cell.ts';
import {
  live,
  type LiveCell,
  type LiveRedis,
  openCell,
  startLiveRedis,
  whyNotLive,
} from './live-redis.ts';

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

describe.skipIf(!live)(`one local server (${whyNotLive})`, () => {
  test('is the process that is killed, comes back on its port, and leaves nothing', async () => {
    const redis = await startLiveRedis({ proxies: [{ host: '127.0.0.1', port: 9 }] });
    try {
      const { target, proxied, upstreams, nodes } = redis.up;
      expect(target.title).toMatch(/^(Redis|Valkey) \d+\.\d+/);
      expect(target.address).toBe(`127.0.0.1:${upstreams[0]?.port}`);
      expect(proxied.address).toBe('127.0.0.1:9');
      const [node] = nodes as readonly [BrokerNode];
      expect(node.replica).toBeUndefined();
      const pid = node.pid();
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toMatch(/(redis|valkey)-server/);
      expect(await node.kill()).toEqual({ pid, signal: 'SIGKILL' });
      expect(() => node.pid()).toThrow(/down/);
      await node.restart();
      expect(node.pid()).not.toBe(pid);
      const again = node.pid();
      await redis.up.down();
      expect(isAlive(again)).toBe(false);
    } finally {
      await redis.down();
    }
  });
});

describe.skipIf(!live)(`three local servers and their sentinels (${whyNotLive})`, () => {
  let redis: LiveRedis;
  beforeAll(async () => {
    redis = await startLiveRedis({ nodes: 3 });
  });
  afterAll(() => redis?.down());

  const scope = { destination: 'any', subscription: 'any', scope: 0 };

  async function leaders(): Promise<readonly BrokerNode[]> {
    const leading = await Promise.all(
      redis.up.nodes.map(async ({ replica }) => (await replica?.leads(scope)) === true),
    );
    return redis.up.nodes.filter((_, index) => leading[index]);
  }

  const acknowledged = ({ results }: Recorded): number =>
    [...results.values()].filter(({ code }) => code === RedisCode.ok).length;

  /**
   * Sends while the replicas stand still, kills the primary, and counts what its successor has.
   * @param answered resolves when the primary has answered, or would not
   */
  async function afterFailover(
    cell: LiveCell,
    answered: (producer: Producer) => Promise<unknown>,
  ): Promise<{ told: number; kept: number }> {
    const { producer, sink } = await cell.producer();
    const [leader] = await leaders();
    const followers = redis.up.nodes.filter((node) => node !== leader);
    await Promise.all(followers.map(async ({ replica }) => replica?.pause()));
    try {
      producer.send(numbered(1_000));
      await answered(producer);
      await leader?.kill();
    } finally {
      await Promise.all(followers.map(async ({ replica }) => replica?.resume()));
    }
    await until(async () => {
      const now = await leaders();
      return now.length === 1 && now[0] !== leader;
    }, 60_000);
    await leader?.restart();
    return { told: acknowledged(sink), kept: await cell.open() };
  }

  test('what the primary alone had acknowledged is not with its successor', async () => {
    const cell = await openCell(redis.up.target, profiles.everysec.options);
    expect(cell.deployed.effective.join('\n')).toMatch(/synced everysec, 2 replicas/);
    expect(await afterFailover(cell, (producer) => producer.flush())).toEqual({
      told: 1_000,
      kept: 0,
    });
    await cell.close();
  });

  test('after WAIT nothing had been acknowledged that its successor has not', async () => {
    const cell = await openCell(redis.up.target, profiles.wait.options);
    expect(cell.deployed.effective.join('\n')).toMatch(/after WAIT for 1 \(1 wished\)/);
    const { producer, sink } = await cell.producer();
    producer.send(numbered(100, 5_000));
    await producer.flush();
    expect(acknowledged(sink)).toBe(100);
    const { told, kept } = await afterFailover(cell, () => sleep(500));
    expect(told).toBe(0);
    expect(kept).toBeGreaterThanOrEqual(100);
    await cell.close();
  });
});
