import { describe, expect, it } from 'vitest';
import { simulation as log } from '../../../engines/log/simulation/simulation.ts';
import type { Simulation } from '../../../engines/simulation.ts';
import { judgeSeed } from '../../../harness/simulate/judged-seed.ts';
import { simulate } from '../../../harness/simulate/simulate.ts';

function onNodes(nodes: number): Simulation {
  const several = log.onNodes?.(nodes);
  if (several === undefined) throw new Error('the log is on one node only');
  return several;
}

const three = onNodes(3);

function inBatches(messages: number): Simulation {
  const batched = three.inBatches?.(messages);
  if (batched === undefined) throw new Error('the log has no batches');
  return batched;
}

const mostSeeds = 1_000;
/** One seed alone would be luck, which the next change of the plan takes away. */
const several = 5;

describe('the embedded log on three nodes in the simulator', () => {
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

  it('is not accused of what a producer does that asks for an id twice', () => {
    for (const seed of [865, 966]) {
      expect(judgeSeed(three, { seed, broken: undefined }).accusation).toBeUndefined();
    }
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

describe('the embedded log on three nodes with many messages at a time', () => {
  it('keeps what its profiles claim', () => {
    const batched = inBatches(32);
    const report = simulate(batched, { firstSeed: 1, seeds: 20, broken: undefined });
    expect(report.violations).toEqual([]);
    expect(report.judged).toBeGreaterThan(5);
    expect(report.messages).toBeGreaterThan(20 * 32 * 10);
  });

  it.each(Object.keys(three.rules))('is found out when it breaks %s', (broken) => {
    const batched = inBatches(8);
    const seeds = Array.from({ length: mostSeeds }, (_, at) => at + 1);
    expect(
      seeds.some((seed) => judgeSeed(batched, { seed, broken }).accusation !== undefined),
    ).toBe(true);
  });
});
