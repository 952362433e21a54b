import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import { placeFields } from '../../simulate/world/message.ts';
import { ms } from '../../core/chance.ts';
import type { Network } from '../../simulate/world/network.ts';
import type { World } from '../../simulate/world/world.ts';
import type { TxBroker } from './tx-broker.ts';

const pollNs = 4 * ms;

/** Reads what has been committed of some scopes, from their start, and forgets nothing. */
export class TxReader {
  readonly #world: World;
  readonly #network: Network;
  readonly #broker: TxBroker;
  readonly #who: Pick<EventRecord, 'actor' | 'group' | 'session'>;
  readonly #positions = new Map<number, number>();

  constructor(world: World, network: Network, broker: TxBroker, group: number, scopes: number[]) {
    this.#world = world;
    this.#network = network;
    this.#broker = broker;
    this.#who = { actor: world.newActor(), group, session: world.newSession() };
    world.history.write(EventKind.sessionOpened, this.#who);
    for (const scope of scopes) {
      world.history.write(EventKind.assigned, { ...this.#who, scope, ref: 1 });
      this.#positions.set(scope, 0);
      this.#poll(scope);
    }
  }

  get isAtEnd(): boolean {
    return [...this.#positions].every(([scope, position]) => {
      return position >= (this.#broker.partitions[scope]?.next ?? 0);
    });
  }

  #poll(scope: number): void {
    const { history, agenda } = this.#world;
    const auxNs = agenda.nowNs;
    const from = this.#positions.get(scope) ?? 0;
    this.#network.call<ReturnType<TxBroker['fetch']>>(
      (answer) => answer(this.#broker.fetch(scope, from, 6)),
      (reply) => {
        if (reply.as === 'answered') {
          const { entries, end, next } = reply.answer;
          const partition = this.#broker.partitions[scope];
          const read = { ...this.#who, ...placeFields(partition?.placeOf(end)), auxNs };
          history.write(EventKind.read, read);
          for (const { offset, message } of entries) {
            const place = placeFields(partition?.placeOf(offset));
            const flags = (place.flags ?? 0) | Flag.pulled;
            const { lane, seq } = message;
            history.write(EventKind.deliver, { ...this.#who, ...place, flags, lane, seq, auxNs });
          }
          this.#positions.set(scope, next);
        }
        agenda.after(pollNs, () => this.#poll(scope));
      },
    );
  }
}
