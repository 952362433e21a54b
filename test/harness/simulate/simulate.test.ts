import { describe, expect, it } from 'vitest';
import { simulation } from '../../../engines/log/simulation/simulation.ts';
import { simulate } from '../../../harness/simulate/simulate.ts';
import { EngineWorld } from '../../../harness/simulate/simulated-world.ts';

const step = 100;
const mostSeeds = 1_000;

/** The seed at which breaking the rule is found, looking through a thousand. */
function foundWithin(broken: string): boolean {
  for (let firstSeed = 1; firstSeed < mostSeeds; firstSeed += step) {
    const { violations } = simulate(simulation, { firstSeed, seeds: step, broken });
    if (violations.length > 0) return true;
  }
  return false;
}

function played(seed: number) {
  const world = new EngineWorld(seed, undefined);
  simulation.play(world);
  return world.history.events;
}

describe('the embedded log in the simulator', () => {
  it('makes one history of a seed, event for event', () => {
    for (const seed of [1, 7, 42]) expect(played(seed)).toEqual(played(seed));
    expect(played(1)).not.toEqual(played(2));
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
    expect(foundWithin(rule)).toBe(true);
  });
});
