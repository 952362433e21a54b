import { describe, expect, it } from 'vitest';
import { Cluster } from './cluster.ts';

const never = { kind: 'never' } as const;

function append(cluster: Cluster, node: number, text: string): void {
  cluster.leaderAt(node)?.append([Buffer.from(text)], 'leader');
}

function logOf(cluster: Cluster, node: number): readonly string[] {
  const entries = cluster.node(node).life?.log.entriesFrom(0, Number.POSITIVE_INFINITY) ?? [];
  return entries.map((entry) => `${entry.readUInt32BE(0)}:${entry.subarray(5).toString()}`);
}

function leaderOf(cluster: Cluster): number {
  return cluster.controller.state.leader?.node ?? -1;
}

describe('a cluster that loses its leader', () => {
  it('cuts from the old leader’s log what nobody else had, when it comes back', () => {
    const cluster = new Cluster({ nodes: 3, minInSync: 2, fsync: never });
    cluster.settle(50);
    expect(leaderOf(cluster)).toBe(0);
    append(cluster, 0, 'everywhere');
    cluster.settle(50);
    append(cluster, 0, 'nowhere else');
    cluster.messages.length = 0;
    cluster.kill(0);
    cluster.settle(200);
    const leader = leaderOf(cluster);
    expect(leader).not.toBe(0);
    append(cluster, leader, 'afterwards');
    cluster.start(0);
    cluster.settle(200);
    expect(logOf(cluster, 0)).toEqual(['1:everywhere', '2:afterwards']);
    expect(logOf(cluster, 0)).toEqual(logOf(cluster, leader));
    expect(cluster.truncations).toEqual([1]);
  });

  it('commits nothing at a leader that is cut off and does not know that another was elected', () => {
    const cluster = new Cluster({ nodes: 3, minInSync: 2, fsync: never });
    cluster.settle(50);
    for (const other of ['-1-0', '0-1', '0-2']) cluster.cut.add(other);
    let isCommitted = false;
    const old = cluster.leaderAt(0);
    const { index } = old?.append([Buffer.from('zombie')], 'committed') ?? { index: -1 };
    old?.when(index, 'committed', () => {
      isCommitted = true;
    });
    cluster.settle(300);
    expect(cluster.leaderAt(0)).toBe(old);
    expect(leaderOf(cluster)).not.toBe(0);
    expect(() => old?.append([Buffer.from('more')], 'committed')).toThrow('in-sync replicas');
    cluster.cut.clear();
    cluster.settle(300);
    expect(cluster.leaderAt(0)).toBeUndefined();
    expect(isCommitted).toBe(false);
    expect(cluster.controller.state.inSync).toHaveLength(3);
  });

  it('waits for a replica that holds all that is committed, and elects no other', () => {
    const cluster = new Cluster({ nodes: 3, minInSync: 1, fsync: never });
    cluster.settle(50);
    for (const node of [1, 2]) cluster.kill(node);
    cluster.settle(200);
    append(cluster, 0, 'at one alone');
    cluster.kill(0);
    for (const node of [1, 2]) cluster.start(node);
    cluster.settle(300);
    expect(leaderOf(cluster)).toBe(-1);
    cluster.start(0);
    cluster.settle(300);
    expect([0, 1, 2].map((node) => logOf(cluster, node).length)).toEqual([1, 1, 1]);
  });

  it('follows its new leader also where an entry finds no room on the disk for a while', () => {
    const cluster = new Cluster({ nodes: 3, minInSync: 2, fsync: never });
    cluster.settle(50);
    cluster.node(1).storage.room = 10;
    append(cluster, 0, 'x');
    cluster.settle(100);
    expect(logOf(cluster, 1)).toEqual([]);
    cluster.node(1).storage.room = Number.POSITIVE_INFINITY;
    cluster.settle(100);
    expect(logOf(cluster, 1)).toEqual(['1:x']);
  });
});
