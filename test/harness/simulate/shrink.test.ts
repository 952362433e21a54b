import { describe, expect, it } from 'vitest';
import { simulation as log } from '../../../engines/log/simulation/simulation.ts';
import { judgeSeed } from '../../../harness/simulate/judged-seed.ts';
import { shrink } from '../../../harness/simulate/shrink.ts';

const broken = 'remember-offsets';

function firstFound() {
  for (let seed = 1; seed < 100; seed += 1) {
    const { accusation, parts } = judgeSeed(log, { seed, broken });
    if (accusation !== undefined && parts.length > 2) return { seed, accusation, parts };
  }
  throw new Error(`breaking ${broken} was not found`);
}

describe('shrinking a violation', () => {
  it('leaves the one trouble that it takes, and names it', () => {
    const { seed, accusation, parts } = firstFound();
    const small = shrink(log, { seed, broken }, accusation);
    expect(small.only.length).toBeLessThan(parts.length);
    expect(small.parts).toContainEqual(expect.stringMatching(/the (broker|machine)/));
    expect(small.messages).toBeLessThan(30);
    expect(small.plays).toBeLessThanOrEqual(200);
  });

  it('comes to a plan that shows the same again, and without any of its parts does not', () => {
    const { seed, accusation } = firstFound();
    const { only, messages, ...small } = shrink(log, { seed, broken }, accusation);
    const accused = (parts: readonly number[]) =>
      judgeSeed(log, { seed, broken, only: new Set(parts), messages }).accusation;
    expect(accused(only)).toEqual(small.accusation);
    for (const part of only) {
      expect(accused(only.filter((other) => other !== part))).toBeUndefined();
    }
  });

  it('is the same every time', () => {
    const { seed, accusation } = firstFound();
    const plan = { seed, broken };
    expect(shrink(log, plan, accusation)).toEqual(shrink(log, plan, accusation));
  });
});
