import { describe, expect, it } from 'vitest';
import type { BrokerNode } from '../../../engines/provisioner.ts';
import type { LiveTarget } from '../../../harness/run/live-target.ts';
import { wholeness } from '../../../harness/run/whole.ts';
import { FakeCluster } from './fake-cluster.ts';

const nobody = new AbortController().signal;

function seen(cluster: FakeCluster, nodes = cluster.nodes(), timeoutMs = 300) {
  const target = { access: { kind: 'started', nodes, controllers: [] } } as unknown as LiveTarget;
  return wholeness(target, (pid) => cluster.isRunning(pid), nobody, timeoutMs);
}

describe('a cluster after a cell', () => {
  it('is whole when all its nodes run and have each other', async () => {
    expect(await seen(new FakeCluster())).toEqual({ is: 'whole' });
  });

  it('is broken where a node is down, or nodes do not find each other', async () => {
    const down = new FakeCluster();
    await down.nodes()[2]?.kill();
    // The others have not all of them either.
    expect(await seen(down)).toEqual({ is: 'broken', nodes: ['node 0', 'node 1', 'node 2'] });
    const torn = new FakeCluster();
    torn.isTorn = true;
    expect(await seen(torn)).toMatchObject({ is: 'broken' });
  });

  it('has time to heal', async () => {
    const cluster = new FakeCluster();
    cluster.isTorn = true;
    setTimeout(() => {
      cluster.isTorn = false;
    }, 50);
    expect(await seen(cluster, cluster.nodes(), 10_000)).toEqual({ is: 'whole' });
  });

  it('is broken where a node says nothing', async () => {
    const cluster = new FakeCluster();
    const nodes = cluster.nodes().map((node, id): BrokerNode => {
      if (id !== 1 || node.replica === undefined) return node;
      const hasAll = (): Promise<boolean> => new Promise(() => undefined);
      return { ...node, replica: { ...node.replica, hasAll } };
    });
    expect(await seen(cluster, nodes)).toMatchObject({ is: 'broken' });
  });

  it('of nodes that replicate nothing is whole when they run', async () => {
    const cluster = new FakeCluster();
    const alone = cluster.nodes().map((node): BrokerNode => {
      const entries = Object.entries(node).filter(([name]) => name !== 'replica');
      return Object.fromEntries(entries) as unknown as BrokerNode;
    });
    expect(await seen(cluster, alone)).toEqual({ is: 'whole' });
    await alone[0]?.kill();
    expect(await seen(cluster, alone)).toEqual({ is: 'broken', nodes: ['node 0'] });
  });
});
