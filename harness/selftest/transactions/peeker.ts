import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { Entry } from '../log/partition.ts';
import { placeFields } from '../../simulate/world/message.ts';
import type { Network } from '../../simulate/world/network.ts';
import type { World } from '../../simulate/world/world.ts';
import type { Fetched, TxBroker } from './tx-broker.ts';

/** Reads on in the outputs of another worker whenever it is asked to. */
export class Peeker {
  readonly who: Pick<EventRecord, 'actor' | 'group' | 'session'>;
  readonly #world: World;
  readonly #network: Network;
  readonly #broker: TxBroker;
  readonly #scope: number;
  #position = 0;
  #isReading = false;

  constructor(
    world: World,
    network: Network,
    broker: TxBroker,
    of: { readonly actor: number; readonly group: number; readonly scope: number },
  ) {
    this.#world = world;
    this.#network = network;
    this.#broker = broker;
    this.#scope = of.scope;
    this.who = { actor: of.actor, group: of.group, session: world.newSession() };
    world.history.write(EventKind.sessionOpened, this.who);
    world.history.write(EventKind.assigned, { ...this.who, scope: of.scope, ref: 1 });
  }

  get isAtEnd(): boolean {
    return this.#position >= (this.#broker.partitions[this.#scope]?.next ?? 0);
  }

  /** One request at a time: while one is open there is nothing to be had. */
  read(then: (entries: readonly Entry[]) => void): void {
    if (this.#isReading) return then([]);
    this.#isReading = true;
    const { history, agenda } = this.#world;
    const auxNs = agenda.nowNs;
    this.#network.call<Fetched>(
      (answer) => answer(this.#broker.fetch(this.#scope, this.#position, 4, 'peer')),
      (reply) => {
        this.#isReading = false;
        if (reply.as !== 'answered') return then([]);
        const { entries, next } = reply.answer;
        for (const { offset, message } of entries) {
          const place = placeFields(this.#broker.partitions[this.#scope]?.placeOf(offset));
          const flags = (place.flags ?? 0) | Flag.pulled;
          const { lane, seq } = message;
          history.write(EventKind.deliver, { ...this.who, ...place, flags, lane, seq, auxNs });
        }
        this.#position = next;
        then(entries);
      },
    );
  }
}
