import { describe, expect, it } from 'vitest';
import { allNodesCrash } from '../../../scenarios/all-nodes-crash.ts';
import { controllerCrash } from '../../../scenarios/controller-crash.ts';
import { drainNode } from '../../../scenarios/drain-node.ts';
import { leaderPause } from '../../../scenarios/leader-pause.ts';
import { nodePartition } from '../../../scenarios/node-partition.ts';
import { rollingRestart } from '../../../scenarios/rolling-restart.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { evidenceOf, FakeCluster, struck } from './fake-cluster.ts';

/** At once: each has a cluster of its own, and most of them wait until somebody gives up. */
describe.concurrent('the kill of all nodes', () => {
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

describe.concurrent('the kill of the active controller', () => {
  const scenario: Scenario = {
    ...controllerCrash,
    faults: [{ kind: 'kill-controller', at: 0.3, downMs: 1 }],
  };

  it('brings it back when another one is active, and counts what was acknowledged without one', async () => {
    const cluster = new FakeCluster();
    const fault = await struck(cluster, scenario);
    expect(cluster.acts.filter((act) => act !== 'release')).toEqual([
      'kill controller 0',
      'restart controller 0',
    ]);
    expect(fault).toMatchObject({ target: 'controller 0', bit: true, inFlight: null });
    expect(evidenceOf(fault)).toMatchObject({
      'active afterwards': 'controller 1',
      'sends acknowledged until then': '1',
    });
  });

  it('asks again whoever did not answer a look-up', async () => {
    const cluster = new FakeCluster();
    cluster.silentLooks = 1;
    const fault = await struck(cluster, scenario);
    expect(fault).toMatchObject({ target: 'controller 0', bit: true });
  });

  it('says that it struck when the load was over', async () => {
    const cluster = new FakeCluster();
    cluster.loadEndsAfter = 0;
    expect(evidenceOf(await struck(cluster, scenario))).toMatchObject({
      'the load': 'was over when it struck',
    });
    expect(evidenceOf(await struck(new FakeCluster(), scenario))).not.toHaveProperty('the load');
  });

  it('did not bite where no other took over, and never starts where there is none', async () => {
    const alone = new FakeCluster();
    const [only] = alone.controllers();
    const of = only === undefined ? [] : [only];
    expect((await struck(alone, scenario, alone.nodes(), of)).bit).toBe(false);
    const none = new FakeCluster();
    const fault = await struck(none, scenario, none.nodes(), []);
    expect(fault.evidence).toEqual([{ name: 'never started', value: 'no controller was active' }]);
  });
});

describe.concurrent('a leader that stands still', () => {
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

describe.concurrent('a leader that no other node reaches', () => {
  const scenario: Scenario = {
    ...nodePartition,
    faults: [{ kind: 'isolate-leader', at: 0.3, ledMs: 1 }],
  };

  it('is back among them when another one has led for a while', async () => {
    const cluster = new FakeCluster();
    cluster.pauseDeposes = true;
    const fault = await struck(cluster, scenario);
    expect(cluster.acts).toEqual(['isolate 0', 'release', 'rejoin 0', 'release']);
    expect(fault).toMatchObject({ target: 'node 0', bit: true, inFlight: 51 });
    expect(evidenceOf(fault)).toMatchObject({
      'its connections with other nodes on which nothing passed': '2',
      'led meanwhile among the others': 'node 1',
      'sends acknowledged before that one led': '1',
      'a look-up still found that the isolated one leads': 'no',
      'sends acknowledged while another could lead': '1',
    });
  });

  it('was not isolated where something passed, nor where nobody led meanwhile', async () => {
    const whole = new FakeCluster();
    whole.pauseDeposes = true;
    whole.partsThem = false;
    expect((await struck(whole, scenario)).bit).toBe(false);
    const faithful = new FakeCluster();
    faithful.electsAnother = false;
    expect((await struck(faithful, scenario)).bit).toBe(false);
    expect(faithful.acts).toContain('rejoin 0');
  });
});

describe.concurrent('a leader that is taken out of service', () => {
  const scenario: Scenario = {
    ...drainNode,
    faults: [{ kind: 'drain-leader', at: 0.2, awayMs: 1 }],
  };

  it('goes in its own order, another one leads, and it comes back', async () => {
    const cluster = new FakeCluster();
    const fault = await struck(cluster, scenario);
    expect(cluster.acts.filter((act) => act !== 'release')).toEqual(['withdraw 0', 'restart 0']);
    expect(fault).toMatchObject({ target: 'node 0', bit: true, inFlight: null });
    expect(evidenceOf(fault)).toMatchObject({
      'process seen gone': 'yes',
      'leads afterwards': 'node 1',
      'sends acknowledged until it came back': '1',
    });
  });

  it.each([
    ['it went on running', { ignoresStop: true }],
    ['it had to be killed', { endsLate: true }],
    ['nothing was acknowledged', { acknowledgesEachTime: 0 }],
  ] as const)('was not drained where %s', async (_, how) => {
    const cluster = Object.assign(new FakeCluster(), how);
    // Of one that leads still nobody takes the lead.
    if (cluster.ignoresStop) cluster.replicates = false;
    expect((await struck(cluster, scenario)).bit).toBe(false);
  });
});

describe.concurrent('the restart of one node after another', () => {
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
