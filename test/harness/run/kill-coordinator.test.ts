import { describe, expect, it } from 'vitest';
import { coordinatorCrash } from '../../../scenarios/coordinator-crash.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { evidenceOf, FakeCluster, struck } from './fake-cluster.ts';

const scenarioOf = (of: 'group' | 'transactions'): Scenario => ({
  ...coordinatorCrash,
  faults: [{ kind: 'kill-coordinator', at: 0.2, of, downMs: 1 }],
});

describe('the kill of a coordinator', () => {
  it('finds jobs half done, and the node back when another one coordinates', async () => {
    const cluster = new FakeCluster();
    const fault = await struck(cluster, scenarioOf('transactions'));
    expect(cluster.acts.filter((act) => act !== 'release')).toEqual(['kill 0', 'restart 0']);
    expect(fault).toMatchObject({
      kind: 'kill-coordinator',
      target: 'node 0',
      bit: true,
      inFlight: 60,
    });
    expect(evidenceOf(fault)).toMatchObject({
      coordinated: 'transactions of a job',
      'process seen gone': 'yes',
      'coordinates afterwards': 'node 1',
    });
    expect([...cluster.asked].map((what) => JSON.parse(what))).toEqual([
      { kind: 'transactions', transactionalId: 'ackmark-key-4-t0' },
    ]);
  });

  it('of a group asks for the subscription of the jobs, and counts what they have read', async () => {
    const cluster = new FakeCluster();
    const fault = await struck(cluster, scenarioOf('group'));
    expect(fault).toMatchObject({ bit: true, inFlight: 14 });
    expect([...cluster.asked].map((what) => JSON.parse(what))).toEqual([
      { kind: 'group', name: 'g0' },
    ]);
  });

  it('says that it struck when the load was over', async () => {
    const cluster = new FakeCluster();
    cluster.loadEndsAfter = 0;
    expect(evidenceOf(await struck(cluster, scenarioOf('transactions')))).toMatchObject({
      'the load': 'was over when it struck',
    });
    const fault = await struck(new FakeCluster(), scenarioOf('transactions'));
    expect(evidenceOf(fault)).not.toHaveProperty('the load');
  });

  it('did not bite where nobody took over, and never starts where nobody coordinated', async () => {
    const faithful = new FakeCluster();
    const [only] = faithful.nodes();
    const alone = await struck(faithful, scenarioOf('group'), only === undefined ? [] : [only]);
    expect(alone).toMatchObject({ bit: false });
    const nobody = await struck(new FakeCluster(), scenarioOf('group'), []);
    expect(nobody.evidence).toEqual([{ name: 'never started', value: 'no node coordinated them' }]);
  });
});
