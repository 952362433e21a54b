import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BrokerNode, Replica } from '../../../engines/provisioner.ts';
import engine from '../../../engines/rabbitmq/engine.ts';
import { type LiveBroker, live, startLiveBroker, whyNotLive } from './live-broker.ts';
import { processesOf } from './processes-of.ts';
import { manual, topologyNamed } from './recording.ts';

type Member = BrokerNode & { readonly replica: Replica };

const isMember = (node: BrokerNode): node is Member => node.replica !== undefined;

describe.skipIf(!live)(`three local nodes (${whyNotLive})`, () => {
  let cluster: LiveBroker;
  const proxies = [7, 8, 9].map((port) => ({ host: '127.0.0.1', port }));
  beforeAll(async () => {
    cluster = await startLiveBroker(proxies, 3);
  });
  afterAll(() => cluster.down());

  const members = (): readonly Member[] => cluster.up.nodes.filter(isMember);

  /** Those that say they lead the queue, once anybody does. */
  async function leadersOf(queue: string, among = members()): Promise<readonly Member[]> {
    const scope = { destination: 'unused', subscription: queue, scope: 0 };
    for (let tries = 0; tries < 200; tries += 1) {
      const leads = await Promise.all(among.map(({ replica }) => replica.leads(scope)));
      if (leads.includes(true)) return among.filter((_, at) => leads[at]);
      await sleep(50);
    }
    return [];
  }

  test('have an address each, direct and by a proxy, and one name server', () => {
    const { target, proxied, upstreams, nodes } = cluster.up;
    expect(target).toMatchObject({ nodes: 3, title: expect.stringMatching(/^RabbitMQ \d/) });
    expect(target.address).toBe(upstreams.map(({ port }) => `127.0.0.1:${port}`).join(','));
    expect(proxied.address).toBe('127.0.0.1:7,127.0.0.1:8,127.0.0.1:9');
    expect(new Set(nodes.map((node) => node.pid())).size).toBe(3);
    const running = processesOf(cluster.directory);
    expect(running.filter((name) => name === 'beam.smp')).toHaveLength(3);
    expect(running.filter((name) => name === 'epmd')).toHaveLength(1);
  });

  test('elect another leader for a quorum queue when its leader is killed, and nobody for a classic one', async () => {
    const names = { quorum: 'elected', classic: 'homeless' } as const;
    for (const [queueType, name] of Object.entries(names)) {
      const options = engine.options.parse({ ...manual, queueType });
      const administration = await engine.administer(cluster.up.target, options);
      const deployed = await administration.apply(topologyNamed(name));
      const queue = deployed.topology.subscriptions[0]?.name ?? '';
      const [leader, ...others] = await leadersOf(queue);
      expect(others).toEqual([]);
      await leader?.kill();
      const rest = members().filter((node) => node !== leader);
      if (queueType === 'quorum') expect(await leadersOf(queue, rest)).toHaveLength(1);
      await leader?.restart();
      const back = await leadersOf(queue);
      if (queueType === 'quorum') expect(back).not.toContain(leader);
      else expect(back).toEqual([leader]);
      // Its own connection may have been to the node that died.
      await administration.remove(deployed);
      await administration.close();
    }
  });

  test('stand still and go on, and are taken down also while one stands still', async () => {
    const other = await startLiveBroker([], 3);
    const [still] = other.up.nodes.filter(isMember);
    await still?.replica.pause();
    await other.down();
    expect(processesOf(other.directory)).toEqual([]);
  });
});
