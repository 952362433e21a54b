import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import log from '../../../engines/log/engine.ts';
import type { Engine } from '../../../engines/engine.ts';
import type { PlannedEngine } from '../../../harness/plan/cell.ts';
import type { RunEnvironment } from '../../../harness/run/environment.ts';
import { createTargetPool, type TargetPool } from '../../../harness/run/target-pool.ts';
import { FakeCluster } from './fake-cluster.ts';

const planned: PlannedEngine = {
  id: 'log',
  family: 'log',
  module: 'log',
  target: { kind: 'started', provisioner: 'local', nodes: 3 },
  settings: {},
  isLight: false,
};

describe('targets between cells', () => {
  let scratch: string;
  let clusters: FakeCluster[];
  let downs: number;
  let notes: string[];
  let pool: TargetPool;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'ackmark-test-'));
    clusters = [];
    downs = 0;
    notes = [];
    const environment = {
      clock: { nowNs: () => 0 },
      host: {},
      isRunning: (pid: number) => clusters.some((cluster) => cluster.isRunning(pid)),
      progress: { provisioning: () => undefined, note: (line: string) => notes.push(line) },
      scratch,
      signal: new AbortController().signal,
      variables: {},
    };
    pool = createTargetPool(environment as unknown as RunEnvironment, 200);
  });
  afterEach(async () => {
    await pool.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const engine: Engine<never> = {
    ...(log as unknown as Engine<never>),
    provisioners: {
      local: async () => ({
        fetch: async () => undefined,
        up: async () => {
          const cluster = new FakeCluster();
          clusters.push(cluster);
          const target = { kind: 'local', title: 'three', address: 'x', nodes: 3, settings: {} };
          const down = async (): Promise<void> => void (downs += 1);
          return { target, proxied: target, upstreams: [], nodes: cluster.nodes(), down };
        },
      }),
    },
  };
  const acquired = () => pool.acquire(planned, engine);

  it('are handed on while they are whole, and say which of the run’s they are', async () => {
    const first = await acquired();
    await pool.release(planned, first, 'healthy');
    const second = await acquired();
    expect(second).toBe(first);
    expect(second.number).toBe(1);
    expect(downs).toBe(0);
  });

  it('are taken down when a cell left them in doubt', async () => {
    await pool.release(planned, await acquired(), 'suspect');
    expect(downs).toBe(1);
    expect((await acquired()).number).toBe(2);
  });

  it('are taken down when their nodes do not find each other again', async () => {
    const first = await acquired();
    await pool.release(planned, first, 'healthy');
    const [cluster] = clusters;
    if (cluster === undefined) throw new Error('nothing was started');
    cluster.isTorn = true;
    const second = await acquired();
    expect(second.number).toBe(2);
    expect(downs).toBe(1);
    expect(notes).toEqual(['three has not healed (node 0, node 1, node 2): another is started']);
  });
});
