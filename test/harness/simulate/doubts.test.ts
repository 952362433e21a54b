import { describe, expect, it } from 'vitest';
import { simulation as queue } from '../../../engines/queue/simulation/simulation.ts';
import type { Simulation } from '../../../engines/simulation.ts';
import { EventKind } from '../../../harness/core/events.ts';
import { conclusionOf } from '../../../harness/simulate/conclusion.ts';
import { simulate } from '../../../harness/simulate/simulate.ts';

const options = { firstSeed: 1, seeds: 3, broken: undefined, faults: new Set<never>() };

/** Its histories end with an event of long ago. */
const irregular: Simulation = {
  ...queue,
  play: (world) => {
    const played = queue.play(world);
    world.history.write(EventKind.phase, { timeNs: 0 });
    return played;
  },
};

describe('histories that contain what they should not', () => {
  it('are nobody’s promise kept', () => {
    const report = simulate(irregular, options);
    expect(report.violations).toEqual([]);
    expect(report.doubts.map(({ seed }) => seed)).toEqual([1, 2, 3]);
    expect(conclusionOf(report, undefined)).toMatchObject({
      kind: 'inconclusive',
      because: expect.stringContaining('events are out of order'),
    });
  });

  it('are none of those that the engines play', () => {
    const report = simulate(queue, options);
    expect(report.doubts).toEqual([]);
    expect(conclusionOf(report, undefined)).toEqual({ kind: 'kept' });
  });
});
