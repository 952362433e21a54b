import { describe, expect, it } from 'vitest';
import { leaderCrash } from '../../../scenarios/leader-crash.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { evidenceOf, FakeCluster, struck } from './fake-cluster.ts';

const scenario: Scenario = {
  ...leaderCrash,
  faults: [{ kind: 'kill-leader', at: 0.4, pauseFollowersMs: 5, downMs: 1 }],
};

/** At once: each has a cluster of its own, and some of them wait until somebody gives up. */
describe.concurrent('the kill of a leader', () => {
  it('finds its followers standing still, and lets them go on when it is dead', async () => {
    const cluster = new FakeCluster();
    cluster.acknowledgesEachTime = 500;
    const fault = await struck(cluster, scenario);
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
    // One look before, one that finds enough, one when it is dead.
    expect(fault).toMatchObject({
      kind: 'kill-leader',
      target: 'node 0',
      bit: true,
      inFlight: 1_050,
    });
    expect(evidenceOf(fault)).toMatchObject({
      'leads afterwards': 'node 1',
      'followers that stood still before': '2',
      'sends acknowledged meanwhile': '1000',
    });
  });

  it('does not wait for good for a leader that acknowledges nothing alone', async () => {
    const cluster = new FakeCluster();
    cluster.acknowledgesEachTime = 0;
    const fault = await struck(cluster, scenario);
    expect(fault).toMatchObject({ bit: true, inFlight: 50 });
    expect(evidenceOf(fault)).toMatchObject({ 'sends acknowledged meanwhile': '0' });
  });

  it('lets the followers go on also when the leader could not be killed', async () => {
    const cluster = new FakeCluster();
    cluster.killFails = true;
    await expect(struck(cluster, scenario)).rejects.toThrow('not to be killed');
    expect(cluster.acts.slice(-2)).toEqual(['resume 1', 'resume 2']);
  });

  it('did not bite where there was no follower to take over', async () => {
    const cluster = new FakeCluster();
    const [only] = cluster.nodes();
    const fault = await struck(cluster, scenario, only === undefined ? [] : [only]);
    expect(fault.bit).toBe(false);
  });

  it('bites also where nobody could take over, and waits for nobody then', async () => {
    const cluster = new FakeCluster();
    cluster.replicates = false;
    cluster.electsAnother = false;
    const fault = await struck(cluster, scenario);
    expect(fault.bit).toBe(true);
    expect(evidenceOf(fault)['leads afterwards']).toBe('nobody');
  });

  it('finds its leader though another node does not say whether it leads', async () => {
    const cluster = new FakeCluster();
    const nodes = cluster.nodes().map((node, id) => {
      const { replica } = node;
      if (id !== 2 || replica === undefined) return node;
      return {
        ...node,
        replica: { ...replica, leads: () => new Promise<boolean>(() => undefined) },
      };
    });
    const fault = await struck(cluster, scenario, nodes);
    expect(fault).toMatchObject({ target: 'node 0', bit: true });
  });

  it('never starts where no node leads', async () => {
    const cluster = new FakeCluster();
    cluster.up.fill(false);
    const fault = await struck(cluster, scenario);
    expect(fault).toMatchObject({ bit: false, kind: 'kill-leader' });
    expect(fault.evidence).toEqual([{ name: 'never started', value: 'no node led' }]);
  });
});
