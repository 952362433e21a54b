import { expect, it } from 'vitest';
import { simulation as broker } from '../../../engines/broker/simulation/simulation.ts';
import { simulation as log } from '../../../engines/log/simulation/simulation.ts';
import { simulation as queue } from '../../../engines/queue/simulation/simulation.ts';
import { EventKind } from '../../../harness/core/events.ts';
import { keptWorld } from './played-bytes.ts';

const deaths = new Set(['a consumer died', 'a producer died', 'a transformer died']);

it.each([
  ['log', log],
  ['queue', queue],
  ['broker', broker],
])('the simulated %s tells of a death where somebody died', (_, simulation) => {
  let told = 0;
  for (let seed = 1; seed <= 150; seed += 1) {
    const { world, events } = keptWorld({ seed, broken: undefined });
    const { faults } = simulation.play(world);
    const marked = [...world.marks].filter((mark) => deaths.has(mark)).length;
    const crashed = events.filter(({ kind }) => kind === EventKind.crashed).length;
    expect(crashed, `seed ${seed}`).toBeGreaterThanOrEqual(marked);
    if (marked === 0) continue;
    told += 1;
    expect(faults, `seed ${seed}`).toContain('client-crash');
  }
  expect(told).toBeGreaterThan(20);
});
