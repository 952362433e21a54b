import { describe, expect, it } from 'vitest';
import { simulation as broker } from '../../../engines/broker/simulation/simulation.ts';
import { simulation as log } from '../../../engines/log/simulation/simulation.ts';
import { simulation as queue } from '../../../engines/queue/simulation/simulation.ts';
import type { Simulation } from '../../../engines/simulation.ts';
import { simulate } from '../../../harness/simulate/simulate.ts';
import { judgeSeed } from '../../../harness/simulate/judged-seed.ts';

const mostSeeds = 1_000;
/** One seed alone would be luck, which the next change of the plan takes away. */
const several = 5;
/** Rules whose seeds are rare: hundreds are played for each that is found. */
const rare: ReadonlySet<string> = new Set([
  'keep-given-ids',
  'keep-what-was-redriven',
  'keep-ids-in-checkpoints',
  'fence-former-connections',
]);
const timesOf = (rule: string): number => (rare.has(rule) ? 2 : several);
/** What one step writes at the most: a batch, and how it was answered. */
const stepEventsMost = 2 * 64;

/** In how many of a thousand seeds breaking the rule is found; several are enough. */
function timesFound(simulation: Simulation, broken: string): number {
  let times = 0;
  for (let seed = 1; seed <= mostSeeds && times < timesOf(broken); seed += 1) {
    if (judgeSeed(simulation, { seed, broken }).accusation !== undefined) times += 1;
  }
  return times;
}

describe.each([
  ['log', log],
  ['queue', queue],
  ['broker', broker],
])('the embedded %s in the simulator', (_, simulation) => {
  it('keeps what its profiles claim, and sees everything happen that it should', () => {
    const report = simulate(simulation, { firstSeed: 1, seeds: 400, broken: undefined });
    expect(report.violations).toEqual([]);
    expect(report.judged).toBeGreaterThan(200);
    // A power loss takes what was acknowledged and never synced.
    expect(report.unclaimed.every(({ beyond }) => beyond.includes('power-loss'))).toBe(true);
    expect(report.unclaimed.some(({ shown }) => (shown.D1 ?? 0) > 0)).toBe(true);
    expect(Object.entries(report.marks).filter(([, seeds]) => seeds === 0)).toEqual([]);
  });

  it.each(Object.keys(simulation.rules))('is found out several times when it breaks %s', (rule) => {
    expect(timesFound(simulation, rule)).toBe(timesOf(rule));
  });

  it('is ended when its history grows and grows, and judged for what it has', () => {
    const judged = judgeSeed(simulation, { seed: 1, broken: undefined, mostEvents: 50 });
    expect(judged.events).toBeLessThan(50 + stepEventsMost);
    expect(judged.accusation).toEqual({
      kind: 'stuck',
      because: expect.stringContaining('ended at') as unknown,
    });
  });

  it('must name every mark beforehand', () => {
    const unnamed = { ...simulation, marks: [] };
    expect(() => simulate(unnamed, { firstSeed: 1, seeds: 20, broken: undefined })).toThrow(
      'none of the marks of its simulation',
    );
  });
});
