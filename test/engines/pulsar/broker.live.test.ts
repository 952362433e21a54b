import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import engine from '../../../engines/pulsar/engine.ts';
import { PulsarCode } from '../../../engines/pulsar/outcomes.ts';
import { profiles } from '../../../engines/pulsar/profiles.ts';
import { wire } from '../../../engines/pulsar/wire.ts';
import type { BrokerNode } from '../../../engines/provisioner.ts';
import { swallowingProxy } from '../embedded/swallowing-proxy.ts';
import { LiveCell, numbered, outgoing, type Recorded, until } from '../live-cell.ts';
import type { LiveTarget } from '../live-target.ts';
import { live, startLivePulsar, whyNotLive } from './live-pulsar.ts';

const plain = profiles.shared.options;
const again = profiles.deduplicated.options;

const acknowledged = ({ results }: Recorded): number =>
  [...results.values()].filter(({ code }) => code === PulsarCode.ok).length;

describe.skipIf(!live)(`a real Pulsar (${whyNotLive})`, () => {
  let pulsar: LiveTarget;
  beforeAll(async () => {
    pulsar = await startLivePulsar([{ host: '127.0.0.1', port: 9 }]);
  });
  afterAll(() => pulsar?.down());

  async function inCell(
    options: typeof plain | typeof again,
    body: (cell: LiveCell<typeof plain>) => Promise<void>,
  ): Promise<void> {
    const cell = await LiveCell.open(engine, pulsar.up.target, options);
    try {
      await body(cell);
    } finally {
      await cell.close();
    }
  }

  test('is the version that was asked for, which syncs and looks for copies', () =>
    inCell(plain, async ({ deployed }) => {
      expect(pulsar.up.target.title).toBe('Apache Pulsar 4.0.8');
      expect(pulsar.up.proxied.address).toMatch(/^127\.0\.0\.1:9\?admin=\d+$/);
      expect(deployed.version).toBe('4.0.8');
      expect(deployed.effective.join('\n')).toMatch(/deduplication true.*\n.*journalSyncData=true/);
    }));

  test('stores a message twice that is sent again after a lost answer, and once by its number', async () => {
    const port = pulsar.up.upstreams[0]?.port ?? 0;
    await inCell(plain, async (cell) => {
      const proxy = await swallowingProxy(wire, port, 1);
      const target = { ...pulsar.up.target, address: proxy.address };
      const first = await cell.producer(target);
      first.producer.send([outgoing(1, 'sent twice')]);
      await until(() => first.sink.disconnections.length === 1);
      expect(first.sink.results.get(1)).toMatchObject({
        outcome: 'unknown',
        code: PulsarCode.connectionLost,
      });
      expect(await cell.open()).toBe(1);
      const second = await cell.producer(target);
      second.producer.send([outgoing(1, 'sent twice')]);
      await second.producer.flush();
      proxy.close();
      expect(await cell.open()).toBe(2);
    });
    await inCell(again, async (cell) => {
      const proxy = await swallowingProxy(wire, port, 2);
      const { producer, sink } = await cell.producer({
        ...pulsar.up.target,
        address: proxy.address,
      });
      producer.send(numbered(5));
      await producer.flush();
      proxy.close();
      expect(proxy.swallowed()).toBe(2);
      expect(acknowledged(sink)).toBe(5);
      expect(sink.results.get(0)?.attempts).toBeGreaterThan(1);
      expect(await cell.open()).toBe(5);
    });
  });

  test('has what it acknowledged after a kill -9, on its port, and leaves nothing behind', ({
    skip,
  }) =>
    inCell(plain, async (cell) => {
      const { producer, sink } = await cell.producer();
      producer.send(numbered(5_000));
      await until(() => sink.results.size > 1_000);
      const [node] = pulsar.up.nodes as readonly [BrokerNode];
      const pid = node.pid();
      expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('java\n');
      expect(await node.kill()).toEqual({ pid, signal: 'SIGKILL' });
      await until(() => sink.disconnections.length === 1);
      expect(sink.results.size).toBe(5_000);
      await node.restart();
      const fault = await node.environmentFault?.();
      skip(fault !== undefined, fault);
      expect(await cell.open()).toBeGreaterThanOrEqual(acknowledged(sink));
      expect(existsSync(`/proc/${pid}`)).toBe(false);
    }));
});
