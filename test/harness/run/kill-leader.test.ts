import { describe, expect, it } from 'vitest';
import type { BrokerNode } from '../../../engines/provisioner.ts';
import type { FaultRecord } from '../../../harness/record/schema.ts';
import { directFaults } from '../../../harness/run/fault-director.ts';
import type { Stage } from '../../../harness/run/stage.ts';
import { leaderCrash } from '../../../scenarios/leader-crash.ts';

/** Three replicas of which the first that is up leads; everything that is done to them is written down. */
class Cluster {
  readonly acts: string[] = [];
  readonly up = [true, true, true];
  killFails = false;

  nodes(): readonly BrokerNode[] {
    return this.up.map((_, id) => ({
      name: `node ${id}`,
      dataDirectory: '',
      logFile: '',
      pid: () => 40 + id,
      kill: async () => {
        this.acts.push(`kill ${id}`);
        if (this.killFails) throw new Error('not to be killed');
        this.up[id] = false;
        return { pid: 40 + id, signal: 'SIGKILL' };
      },
      restart: async () => {
        this.acts.push(`restart ${id}`);
        this.up[id] = true;
      },
      replica: {
        leads: async () => this.up.indexOf(true) === id,
        pause: () => this.acts.push(`pause ${id}`),
        resume: () => this.acts.push(`resume ${id}`),
      },
    }));
  }
}

async function struck(cluster: Cluster, nodes = cluster.nodes()): Promise<FaultRecord> {
  const scenario = {
    ...leaderCrash,
    faults: [{ kind: 'kill-leader', at: 0.4, pauseFollowersMs: 5, downMs: 1 }],
  };
  let acknowledged = 100;
  const stage = {
    cell: { scenario, traits: { sendReply: 'each' } },
    live: { access: { kind: 'started', nodes } },
    environment: {
      clock: { nowNs: () => Number(process.hrtime.bigint()) },
      signal: new AbortController().signal,
      isRunning: (pid: number) => cluster.up[pid - 40],
    },
    phases: { enter: () => undefined },
    history: { collector: { append: () => undefined } },
    troupe: {
      release: () => cluster.acts.push('release'),
      sent: () => 10_000,
      acknowledged: () => acknowledged++,
      unsettledSends: () => 50,
      livingProducers: () => [{}],
    },
  };
  const [fault] = await directFaults(stage as unknown as Stage);
  if (fault === undefined) throw new Error('no fault was recorded');
  return fault;
}

describe('the kill of a leader', () => {
  it('finds its followers standing still, and lets them go on when it is dead', async () => {
    const cluster = new Cluster();
    const fault = await struck(cluster);
    expect(cluster.acts).toEqual([
      'pause 1',
      'pause 2',
      'release',
      'kill 0',
      'resume 1',
      'resume 2',
      'restart 0',
      'release',
    ]);
    expect(fault).toMatchObject({ kind: 'kill-leader', target: 'node 0', bit: true, inFlight: 50 });
    const evidence = Object.fromEntries(fault.evidence.map(({ name, value }) => [name, value]));
    expect(evidence).toMatchObject({
      'leads afterwards': 'node 1',
      'followers that stood still before': '2',
      'sends acknowledged meanwhile': '1',
    });
  });

  it('lets the followers go on also when the leader could not be killed', async () => {
    const cluster = new Cluster();
    cluster.killFails = true;
    await expect(struck(cluster)).rejects.toThrow('not to be killed');
    expect(cluster.acts.slice(-2)).toEqual(['resume 1', 'resume 2']);
  });

  it('did not bite where there was no follower to take over', async () => {
    const cluster = new Cluster();
    const [only] = cluster.nodes();
    const fault = await struck(cluster, only === undefined ? [] : [only]);
    expect(fault.bit).toBe(false);
  });

  it('never starts where no node leads', async () => {
    const cluster = new Cluster();
    cluster.up.fill(false);
    const fault = await struck(cluster);
    expect(fault).toMatchObject({ bit: false, kind: 'kill-leader' });
    expect(fault.evidence).toEqual([{ name: 'never started', value: 'no node led' }]);
  });
});
