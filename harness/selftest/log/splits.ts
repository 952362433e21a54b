import { between, ms } from '../../core/chance.ts';
import type { World } from '../../simulate/world/world.ts';
import type { LogBroker } from './log-broker.ts';
import type { LogGroup } from './log-group.ts';

const lookEveryNs = 5 * ms;

/** Splits the first scope once; each group gets the new ones when it has read the old one to its end. */
export function planSplit(world: World, broker: LogBroker, groups: readonly LogGroup[]): void {
  const actor = world.newActor();
  world.agenda.at(between(world.random('split'), 20, 100) * ms, () => {
    const children = broker.split(0, actor);
    for (const { coordinator } of groups) {
      const giveChildren = (): void => {
        const parent = broker.partitions[0];
        // What was not synced at the split may still come, up to the offset that was next.
        const isRead = coordinator.committedOf(0) >= (parent?.next ?? 0);
        if (isRead || world.defect.is('children-before-parent')) coordinator.addScopes(children);
        else world.agenda.after(lookEveryNs, giveChildren);
      };
      giveChildren();
    }
  });
}
