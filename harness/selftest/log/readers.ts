import { EventKind, Flag } from '../../core/events.ts';
import { placeFields } from '../../simulate/world/message.ts';
import type { World } from '../../simulate/world/world.ts';
import type { LogBroker } from './log-broker.ts';
import type { Entry, Partition } from './partition.ts';

/**
 * Reads everything from the start, outside every group of consumers: through one node of a cluster, or
 * once more when the load is over.
 */
export class FullReader {
  readonly #world: World;
  readonly #broker: LogBroker;
  readonly #group: number;
  readonly #actor: number;
  readonly #session: number;

  constructor(world: World, broker: LogBroker, group: number) {
    this.#world = world;
    this.#broker = broker;
    this.#group = group;
    this.#actor = world.newActor();
    this.#session = world.newSession();
  }

  /** @param has whether the node has the entry */
  readAll(has: (partition: Partition, entry: Entry) => boolean = () => true): void {
    const who = { actor: this.#actor, group: this.#group, session: this.#session };
    const { history, agenda } = this.#world;
    history.write(EventKind.sessionOpened, who);
    for (const partition of this.#broker.partitions) {
      for (const entry of partition.read(0, Number.POSITIVE_INFINITY)) {
        if (!has(partition, entry)) continue;
        const { flags = 0, ...place } = placeFields(partition.placeOf(entry.offset));
        const { lane, seq } = entry.message;
        const pulled = { flags: flags | Flag.pulled, auxNs: agenda.nowNs };
        history.write(EventKind.deliver, { ...who, ...place, ...pulled, lane, seq });
      }
    }
    history.write(EventKind.sessionClosed, who);
  }
}
