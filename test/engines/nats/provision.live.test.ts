import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BrokerNode } from '../../../engines/provisioner.ts';
import { profiles } from '../../../engines/nats/profiles.ts';
import { LiveCell, numbered, until } from './live-cell.ts';
import { type LiveNats, live, startLiveNats, whyNotLive } from './live-nats.ts';

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

describe.skipIf(!live)(`one local server (${whyNotLive})`, () => {
  test('is the process that is killed, comes back on its port, and leaves nothing', async () => {
    const nats = await startLiveNats(1, [{ host: '127.0.0.1', port: 9 }]);
    try {
      const { target, proxied, upstreams, nodes } = nats.up;
      expect(target.title).toMatch(/^NATS \d+\.\d+/);
      expect(target.address).toBe(`127.0.0.1:${upstreams[0]?.port}`);
      expect(proxied.address).toBe('127.0.0.1:9');
      const [node] = nodes as readonly [BrokerNode];
      const pid = node.pid();
      expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('nats-server\n');
      expect(await node.kill()).toEqual({ pid, signal: 'SIGKILL' });
      expect(() => node.pid()).toThrow(/down/);
      await node.restart();
      expect(node.pid()).not.toBe(pid);
      const again = node.pid();
      await nats.up.down();
      expect(isAlive(again)).toBe(false);
    } finally {
      await nats.down();
    }
  });
});

describe.skipIf(!live)(`three local servers (${whyNotLive})`, () => {
  let nats: LiveNats;
  let cell: LiveCell;
  beforeAll(async () => {
    nats = await startLiveNats(3);
    cell = await LiveCell.open(nats.up.target, profiles.jetstream.options);
  });
  afterAll(async () => {
    await cell?.close();
    await nats?.down();
  });

  async function leaders(): Promise<readonly BrokerNode[]> {
    const { destinations, subscriptions } = cell.deployed.topology;
    const scope = {
      destination: destinations[0]?.name ?? '',
      subscription: subscriptions[0]?.name ?? '',
      scope: 0,
    };
    const leading = await Promise.all(
      nats.up.nodes.map(async ({ replica }) => (await replica?.leads(scope)) === true),
    );
    return nats.up.nodes.filter((_, index) => leading[index]);
  }

  test('have three copies of a stream, and say so', () => {
    expect(cell.deployed.effective.join('\n')).toMatch(/effective: 3 replicas \(3 wished\)/);
  });

  test('one leads a stream; when it is killed another does, and nothing acknowledged is lost', async () => {
    const { producer, sink } = await cell.producer();
    producer.send(numbered(1_000));
    await producer.flush();
    let leading = await leaders();
    // On a busy machine a node may not answer the first time.
    await until(async () => {
      leading = await leaders();
      return leading.length === 1;
    }, 60_000);
    const [leader] = leading;
    await leader?.kill();
    await until(async () => {
      const now = await leaders();
      return now.length === 1 && now[0] !== leader;
    }, 60_000);
    const acknowledged = [...sink.results.values()].filter(({ outcome }) => outcome === 'ok');
    expect(acknowledged.length).toBeGreaterThan(0);
    // Its consumer has a leader of its own, which nobody answers for until another one is elected.
    let open = Number.NaN;
    await until(async () => {
      open = await cell.open().catch(() => Number.NaN);
      return !Number.isNaN(open);
    }, 60_000);
    expect(open).toBeGreaterThanOrEqual(acknowledged.length);
    await leader?.restart();
    await until(async () => (await leaders()).length === 1, 60_000);
  });
});
