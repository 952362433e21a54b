import { describe, expect, it } from 'vitest';
import { simulation as log } from '../../../engines/log/simulation/simulation.ts';
import { simulation as queue } from '../../../engines/queue/simulation/simulation.ts';
import type { Simulation } from '../../../engines/simulation.ts';
import { simulate } from '../../../harness/simulate/simulate.ts';
import { EngineWorld } from '../../../harness/simulate/simulated-world.ts';

/** Few at a time, because a broken broker may hand out one message for ever. */
const step = 10;
const mostSeeds = 1_000;

/** Whether breaking the rule is found, looking through a thousand seeds. */
function foundWithin(simulation: Simulation, broken: string): boolean {
  for (let firstSeed = 1; firstSeed < mostSeeds; firstSeed += step) {
    const { violations } = simulate(simulation, { firstSeed, seeds: step, broken });
    if (violations.length > 0) return true;
  }
  return false;
}

function played(simulation: Simulation, seed: number) {
  const world = new EngineWorld(seed, undefined);
  simulation.play(world);
  return world.history.events;
}

describe.each([
  ['log', log],
  ['queue', queue],
])('the embedded %s in the simulator', (_, simulation) => {
  it('makes one history of a seed, event for event', () => {
    for (const seed of [1, 7, 42]) {
      expect(played(simulation, seed)).toEqual(played(simulation, seed));
    }
    expect(played(simulation, 1)).not.toEqual(played(simulation, 2));
  });

  it('keeps what its profiles claim, and sees everything happen that it should', () => {
    const report = simulate(simulation, { firstSeed: 1, seeds: 400, broken: undefined });
    expect(report.violations).toEqual([]);
    expect(report.judged).toBeGreaterThan(200);
    // A power loss takes what was acknowledged and never synced.
    expect(report.unclaimed.D1).toBeGreaterThan(0);
    expect(Object.entries(report.marks).filter(([, seeds]) => seeds === 0)).toEqual([]);
  });

  it.each(Object.keys(simulation.rules))('is found out when it breaks %s', (rule) => {
    expect(foundWithin(simulation, rule)).toBe(true);
  });
});
