import { describe, expect, it } from 'vitest';
import { simulation as broker } from '../../../engines/broker/simulation/simulation.ts';
import type { Simulation } from '../../../engines/simulation.ts';
import { judgeSeed } from '../../../harness/simulate/judged-seed.ts';
import { simulate } from '../../../harness/simulate/simulate.ts';

function onNodes(nodes: number): Simulation {
  const several = broker.onNodes?.(nodes);
  if (several === undefined) throw new Error('the broker is on one node only');
  return several;
}

const three = onNodes(3);
const mostSeeds = 1_000;
/** One seed alone would be luck, which the next change of the plan takes away. */
const several = 5;

describe('the embedded broker on three nodes in the simulator', () => {
  it('keeps what its profiles claim, and sees everything happen that it should', () => {
    const report = simulate(three, { firstSeed: 1, seeds: 400, broken: undefined });
    expect(report.violations).toEqual([]);
    expect(report.judged).toBeGreaterThan(200);
    expect(Object.entries(report.marks).filter(([, seeds]) => seeds === 0)).toEqual([]);
    const lost = report.unclaimed.filter(({ shown }) => (shown.D1 ?? 0) > 0);
    expect(lost.some(({ profile }) => profile.startsWith('manual-ack, '))).toBe(true);
    const isSynced = /^quorum.*every-batch.*in-sync \d$/;
    expect(lost.filter(({ profile }) => isSynced.test(profile))).toEqual([]);
  });

  it.each(Object.keys(three.rules))('is found out several times when it breaks %s', (broken) => {
    let times = 0;
    for (let seed = 1; seed <= mostSeeds && times < several; seed += 1) {
      if (judgeSeed(three, { seed, broken }).accusation !== undefined) times += 1;
    }
    expect(times).toBe(several);
  });
});

describe('the embedded broker on other numbers of nodes', () => {
  it.each([2, 5])('keeps what its profiles claim on %d', (nodes) => {
    const report = simulate(onNodes(nodes), { firstSeed: 1, seeds: 60, broken: undefined });
    expect(report.violations).toEqual([]);
    expect(report.judged).toBeGreaterThan(10);
  });
});
