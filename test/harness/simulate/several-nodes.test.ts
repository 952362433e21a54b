import { describe, expect, it } from 'vitest';
import { simulation as log } from '../../../engines/log/simulation/simulation.ts';
import type { Simulation } from '../../../engines/simulation.ts';
import { judgeSeed } from '../../../harness/simulate/judged-seed.ts';
import { simulate } from '../../../harness/simulate/simulate.ts';
import { EngineWorld } from '../../../harness/simulate/simulated-world.ts';

function onNodes(nodes: number): Simulation {
  const several = log.onNodes?.(nodes);
  if (several === undefined) throw new Error('the log is on one node only');
  return several;
}

const three = onNodes(3);
const mostSeeds = 1_000;
/** One seed alone would be luck, which the next change of the plan takes away. */
const several = 5;

function played(simulation: Simulation, seed: number) {
  const world = new EngineWorld({ seed, broken: undefined });
  simulation.play(world);
  return world.history.events;
}

describe('the embedded log on three nodes in the simulator', () => {
  it('makes one history of a seed, event for event', () => {
    for (const seed of [1, 7, 42]) expect(played(three, seed)).toEqual(played(three, seed));
    expect(played(three, 1)).not.toEqual(played(three, 2));
  });

  it('keeps what its profiles claim, and sees everything happen that it should', () => {
    const report = simulate(three, { firstSeed: 1, seeds: 500, broken: undefined });
    expect(report.violations).toEqual([]);
    expect(report.judged).toBeGreaterThan(250);
    expect(Object.entries(report.marks).filter(([, seeds]) => seeds === 0)).toEqual([]);
    const lost = report.unclaimed.filter(({ shown }) => (shown.D1 ?? 0) > 0);
    expect(lost.some(({ profile }) => profile.startsWith('acks-1, '))).toBe(true);
    const claimed = lost.filter(({ profile, beyond }) => {
      return /^acks-all.*every-batch.*in-sync \d$/.test(profile) && beyond.length > 0;
    });
    expect(claimed).toEqual([]);
  });

  it.each(Object.keys(three.rules))('is found out several times when it breaks %s', (broken) => {
    let times = 0;
    for (let seed = 1; seed <= mostSeeds && times < several; seed += 1) {
      if (judgeSeed(three, { seed, broken }).accusation !== undefined) times += 1;
    }
    expect(times).toBe(several);
  });
});

describe('the embedded log on other numbers of nodes', () => {
  it.each([2, 5])('keeps what its profiles claim on %d', (nodes) => {
    const report = simulate(onNodes(nodes), { firstSeed: 1, seeds: 60, broken: undefined });
    expect(report.violations).toEqual([]);
    expect(report.judged).toBeGreaterThan(10);
  });
});
