import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noSkew, ProcessClock, wallClock } from '../../../engines/embedded/simulation/clock.ts';
import type { EngineWorld } from '../../../harness/simulate/simulated-world.ts';
import { keptWorld } from '../../harness/simulate/played-bytes.ts';

function worldOf(seed: number): EngineWorld {
  return keptWorld({ seed, broken: undefined }).world;
}

describe('a simulated clock', () => {
  it('shows at the instant it names what it was asked for, however fast it runs', () => {
    const drift = fc.double({ min: 0, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(fc.nat(), drift, fc.integer({ min: 1, max: 10_000 }), (seed, most, forMs) => {
        const world = worldOf(seed);
        const clock = new ProcessClock(world, 'm', { drift: most, apartMs: 0 });
        const shownMs = clock.nowMs + forMs;
        let actedAtMs = 0;
        clock.after(forMs, () => {
          actedAtMs = clock.nowMs;
        });
        world.agenda.run(clock.whenNs(shownMs) + 1);
        expect(Math.abs(actedAtMs - shownMs)).toBeLessThan(1e-3);
        const tookMs = world.agenda.nowNs / 1e6;
        expect(tookMs).toBeGreaterThan(forMs / (1 + most) - 1e-3);
        expect(tookMs).toBeLessThan(forMs / (1 - most) + 1e-3);
      }),
    );
  });

  it('has one rate for all lives of a machine, and begins each somewhere else', () => {
    const world = worldOf(3);
    const skew = { drift: 0.2, apartMs: 0 };
    const rateOf = (clock: ProcessClock): number =>
      1e6 / (clock.whenNs(1e9 + 1) - clock.whenNs(1e9));
    const first = new ProcessClock(world, 'm', skew);
    const other = new ProcessClock(world, 'n', skew);
    world.agenda.after(5e6, () => {});
    world.agenda.run(1e9);
    const second = new ProcessClock(world, 'm', skew);
    expect(rateOf(second)).toBeCloseTo(rateOf(first), 6);
    expect(rateOf(other)).not.toBeCloseTo(rateOf(first), 6);
    expect(second.nowMs).not.toBe(first.nowMs);
  });

  it('agrees with the world’s on the time of day without a skew, and is ahead by so much at most with one', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 500 }), (seed, apartMs) => {
        const world = worldOf(seed);
        expect(wallClock(world, 'm', noSkew)()).toBe(0);
        const aheadMs = wallClock(world, 'm', { drift: 0, apartMs })();
        expect(aheadMs).toBeGreaterThanOrEqual(0);
        expect(aheadMs).toBeLessThanOrEqual(apartMs);
      }),
    );
  });
});
