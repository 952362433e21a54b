import type { Simulation } from '../../../engines/simulation.ts';
import { eventViews, writeEvent } from '../../../harness/core/event-codec.ts';
import { eventBytes } from '../../../harness/core/events.ts';
import { EngineWorld } from '../../../harness/simulate/simulated-world.ts';

/** The history of a seed as a file has it. */
export function playedBytes(simulation: Simulation, seed: number): Buffer {
  const world = new EngineWorld({ seed, broken: undefined });
  simulation.play(world);
  const { events } = world.history;
  const bytes = new ArrayBuffer(events.length * eventBytes);
  const views = eventViews(bytes, 0, events.length);
  for (const [index, event] of events.entries()) writeEvent(views, index, event);
  return Buffer.from(bytes);
}
