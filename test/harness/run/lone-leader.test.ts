import { describe, expect, it } from 'vitest';
import { belowMinInSync } from '../../../scenarios/below-min-in-sync.ts';
import { loneLeaderCrash } from '../../../scenarios/lone-leader-crash.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { evidenceOf, FakeCluster, struck } from './fake-cluster.ts';

const stalling: Scenario = {
  ...belowMinInSync,
  faults: [{ kind: 'stall-followers', at: 0.2, aloneMs: 60 }],
};

function striking(by: 'kill' | 'power-loss'): Scenario {
  const kind = 'strike-lone-leader';
  return { ...loneLeaderCrash, faults: [{ kind, at: 0.2, aloneMs: 5, downMs: 1, by }] };
}

/** Nothing is left unanswered when the followers go on. */
function answering(): FakeCluster {
  const cluster = new FakeCluster();
  cluster.unsettled = 0;
  return cluster;
}

/** Once the followers stand still. */
async function whenPaused(cluster: FakeCluster, act: () => void): Promise<void> {
  while (!cluster.acts.includes('pause 2')) await new Promise(setImmediate);
  act();
}

describe('the stall of the followers', () => {
  it('counts what is refused while they stand still, by why, and lets them go on', async () => {
    const cluster = answering();
    cluster.settle('fail', 19, 1);
    const fault = struck(cluster, stalling);
    await whenPaused(cluster, () => {
      cluster.settle('fail', 19, 1);
      cluster.settle('fail', 19, 1);
      cluster.settle('unknown', 22, 1);
      cluster.settle('ok', 0, 1);
    });
    expect(await fault).toMatchObject({ kind: 'stall-followers', target: 'node 0', bit: true });
    expect(evidenceOf(await fault)).toMatchObject({
      'followers that stood still': '2',
      'sends refused meanwhile': '2',
      'name of 19': '2',
      'name of 22': '1',
      'sends acknowledged at a later attempt': '0',
    });
    expect(evidenceOf(await fault)).not.toHaveProperty('name of 0');
    expect(cluster.acts).toEqual([
      'pause 1',
      'pause 2',
      'release',
      'resume 1',
      'resume 2',
      'release',
    ]);
  });

  it('counts what had to be sent again, and what the leader acknowledged alone', async () => {
    const cluster = answering();
    const fault = struck(cluster, stalling);
    await whenPaused(cluster, () => cluster.settle('ok', 0, 3));
    expect(evidenceOf(await fault)).toMatchObject({
      'sends refused meanwhile': '0',
      'sends acknowledged by the leader alone': '1',
      'sends acknowledged at a later attempt': '1',
    });
  });

  it('waits for what was unanswered when the followers went on', async () => {
    const cluster = answering();
    cluster.unsettled = 2;
    const fault = struck(cluster, stalling);
    void whenResumed(cluster, () => {
      for (const attempts of [2, 2]) cluster.settle('ok', 0, attempts);
    });
    expect(evidenceOf(await fault)).toMatchObject({ 'sends acknowledged at a later attempt': '2' });
  });

  it('did not bite where nobody noticed', async () => {
    const cluster = answering();
    cluster.acknowledgesEachTime = 0;
    const fault = struck(cluster, stalling);
    // So that it does not wait for the next acknowledgement.
    void whenResumed(cluster, () => (cluster.acknowledgesEachTime = 1));
    expect(await fault).toMatchObject({ bit: false });
  });
});

async function whenResumed(cluster: FakeCluster, act: () => void): Promise<void> {
  while (!cluster.acts.includes('resume 2')) await new Promise(setImmediate);
  act();
}

describe('the strike at a lone leader', () => {
  it('comes before the followers go on, and is over when it is back', async () => {
    const cluster = new FakeCluster();
    const fault = await struck(cluster, striking('kill'));
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
    expect(fault).toMatchObject({ kind: 'strike-lone-leader', bit: true, inFlight: 50 });
    expect(evidenceOf(fault)).toMatchObject({
      'process seen gone': 'yes',
      'led while it was down': 'node 1',
      'leads afterwards': 'node 0',
    });
    expect(evidenceOf(fault)).not.toHaveProperty('bytes lost that were not synced');
  });

  it('bites also where nobody may lead until the leader is back', async () => {
    const cluster = new FakeCluster();
    cluster.electsAnother = false;
    const fault = await struck(cluster, striking('kill'));
    expect(fault.bit).toBe(true);
    expect(evidenceOf(fault)).toMatchObject({ 'led while it was down': 'nobody' });
  });

  it('takes the power, where it is to, and says what went with it', async () => {
    const cluster = new FakeCluster();
    const fault = await struck(cluster, striking('power-loss'));
    expect(cluster.acts).toContain('cut the power of 0');
    expect(evidenceOf(fault)).toMatchObject({ 'bytes lost that were not synced': '7' });
  });

  it('lets the followers go on also when the leader could not be killed', async () => {
    const cluster = new FakeCluster();
    cluster.killFails = true;
    await expect(struck(cluster, striking('kill'))).rejects.toThrow('not to be killed');
    expect(cluster.acts.slice(-2)).toEqual(['resume 1', 'resume 2']);
  });
});
