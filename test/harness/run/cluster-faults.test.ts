import { describe, expect, it } from 'vitest';
import { allNodesCrash } from '../../../scenarios/all-nodes-crash.ts';
import { leaderPause } from '../../../scenarios/leader-pause.ts';
import { rollingRestart } from '../../../scenarios/rolling-restart.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { evidenceOf, FakeCluster, struck } from './fake-cluster.ts';

describe('the kill of all nodes', () => {
  const scenario: Scenario = {
    ...allNodesCrash,
    faults: [{ kind: 'kill-all', at: 0.3, downMs: 1 }],
  };

  it('leaves nobody, and brings all back', async () => {
    const cluster = new FakeCluster();
    const fault = await struck(cluster, scenario);
    expect(cluster.acts.filter((act) => act !== 'release')).toEqual([
      'kill 0',
      'kill 1',
      'kill 2',
      'restart 0',
      'restart 1',
      'restart 2',
    ]);
    expect(fault).toMatchObject({ kind: 'kill-all', target: '3 nodes', bit: true, inFlight: 50 });
    expect(evidenceOf(fault)).toMatchObject({
      'processes seen gone': '3 of 3',
      'leads afterwards': 'node 0',
    });
  });

  it('never starts where nothing replicates', async () => {
    const fault = await struck(new FakeCluster(), scenario, []);
    expect(fault).toMatchObject({ bit: false, kind: 'kill-all' });
  });
});

describe('a leader that stands still', () => {
  const scenario: Scenario = {
    ...leaderPause,
    faults: [{ kind: 'pause-leader', at: 0.3, ledMs: 1 }],
  };

  it('goes on when another one has led for a while', async () => {
    const cluster = new FakeCluster();
    cluster.pauseDeposes = true;
    const fault = await struck(cluster, scenario);
    expect(cluster.acts).toEqual(['pause 0', 'release', 'resume 0', 'release']);
    expect(fault).toMatchObject({ target: 'node 0', bit: true, inFlight: 50 });
    expect(evidenceOf(fault)).toMatchObject({
      'led meanwhile': 'node 1',
      'leads afterwards': 'node 1',
      'sends acknowledged under that one meanwhile': '1',
    });
  });

  it('gave way to nobody where none led meanwhile', async () => {
    const cluster = new FakeCluster();
    cluster.electsAnother = false;
    expect((await struck(cluster, scenario)).bit).toBe(false);
  });

  it('is not waited for where nobody could take over', async () => {
    const cluster = new FakeCluster();
    cluster.replicates = false;
    const fault = await struck(cluster, scenario);
    expect(fault.bit).toBe(true);
    expect(evidenceOf(fault)).toMatchObject({
      'led meanwhile': 'nobody',
      'leads afterwards': 'node 0',
    });
  });
});

describe('the restart of one node after another', () => {
  const scenario: Scenario = {
    ...rollingRestart,
    faults: [{ kind: 'restart-each', at: 0.1, betweenMs: 1 }],
  };

  it('asks each to end, and the next when it is back', async () => {
    const cluster = new FakeCluster();
    cluster.settle('unknown', 7, 1);
    const fault = await struck(cluster, scenario);
    expect(cluster.acts.filter((act) => act !== 'release')).toEqual([
      'stop 0',
      'restart 0',
      'stop 1',
      'restart 1',
      'stop 2',
      'restart 2',
    ]);
    expect(fault).toMatchObject({ kind: 'restart-each', bit: true, inFlight: null });
    expect(evidenceOf(fault)).toMatchObject({
      'nodes restarted': '3 of 3',
      'nodes stopped under load': '3 of 3',
      'of these, killed because they did not end in time': '0',
    });
    // It ended before.
    expect(evidenceOf(fault)).not.toHaveProperty('name of 7');
  });

  it('did not bite where the load was over before the last one went', async () => {
    const cluster = new FakeCluster();
    cluster.loadEndsAfter = 5;
    const fault = await struck(cluster, scenario);
    expect(fault.bit).toBe(false);
    expect(evidenceOf(fault)).toMatchObject({
      'nodes restarted': '3 of 3',
      'nodes stopped under load': '2 of 3',
    });
  });

  it('tells of nodes that had to be killed', async () => {
    const cluster = new FakeCluster();
    cluster.endsLate = true;
    expect(evidenceOf(await struck(cluster, scenario))).toMatchObject({
      'nodes restarted': '3 of 3',
      'of these, killed because they did not end in time': '3',
    });
  });

  it('did not bite where a node went on running', async () => {
    const cluster = new FakeCluster();
    cluster.ignoresStop = true;
    const fault = await struck(cluster, scenario);
    expect(fault.bit).toBe(false);
    expect(evidenceOf(fault)).toMatchObject({ 'nodes restarted': '0 of 3' });
  });
});
