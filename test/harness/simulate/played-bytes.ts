import type { Simulation } from '../../../engines/simulation.ts';
import { eachOfRun } from '../../../harness/core/event-run.ts';
import { eventViews, writeEvent } from '../../../harness/core/event-codec.ts';
import { type EventRecord, eventBytes } from '../../../harness/core/events.ts';
import type { SeedPlan } from '../../../harness/simulate/seed-plan.ts';
import { EngineWorld } from '../../../harness/simulate/simulated-world.ts';

/** A world whose history is kept instead of judged. */
export function keptWorld(plan: SeedPlan): { world: EngineWorld; events: readonly EventRecord[] } {
  const events: EventRecord[] = [];
  const fold = (event: EventRecord, count: number): void => {
    eachOfRun(event, count, (one) => events.push({ ...one }));
  };
  return { world: new EngineWorld(plan, () => ({ addLanes: () => {}, fold })), events };
}

/** The history of a seed as a file has it. */
export function playedBytes(simulation: Simulation, seed: number): Buffer {
  const { world, events } = keptWorld({ seed, broken: undefined });
  simulation.play(world);
  const bytes = new ArrayBuffer(events.length * eventBytes);
  const views = eventViews(bytes, 0, events.length);
  for (const [index, event] of events.entries()) writeEvent(views, index, event);
  return Buffer.from(bytes);
}
