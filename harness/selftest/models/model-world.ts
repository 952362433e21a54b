import { eachOfRun } from '../../core/event-run.ts';
import type { EventRecord } from '../../core/events.ts';
import { World } from '../../simulate/world/world.ts';

/** A world whose history is kept, because it is judged more than once. */
export class ModelWorld extends World {
  readonly events: readonly EventRecord[];

  constructor(seed: number, defect: string) {
    const events: EventRecord[] = [];
    super(seed, defect, (event, count) => {
      eachOfRun(event, count, (one) => events.push({ ...one }));
    });
    this.events = events;
  }
}
