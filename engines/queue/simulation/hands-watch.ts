import type { SimulatedWorld } from '../../simulation.ts';
import type { Broker } from './reference.ts';

/** Tells when certainly more messages were in hands at once than their queue allows. */
export class HandsWatch {
  readonly #world: SimulatedWorld;
  readonly #broker: Broker;
  readonly #most: number;
  /** By the message's id: until then its lease has certainly not ended. */
  readonly #heldUntilNs = new Map<number, number>();
  #life = 0;

  constructor(world: SimulatedWorld, broker: Broker, most: number) {
    this.#world = world;
    this.#broker = broker;
    this.#most = most;
  }

  /** @param life of the broker in which they were asked for: a restart forgets who holds what */
  received(ids: readonly number[], untilNs: number, life: number): void {
    if (this.#life !== this.#broker.lives) this.#heldUntilNs.clear();
    this.#life = this.#broker.lives;
    if (life !== this.#life) return;
    for (const id of ids) this.#heldUntilNs.set(id, untilNs);
    const { nowNs } = this.#world.agenda;
    let held = 0;
    for (const endNs of this.#heldUntilNs.values()) held += endNs > nowNs ? 1 : 0;
    if (held === this.#most) this.#world.mark('a queue had as many in hands as it allows');
    if (held > this.#most) this.#world.accuse('more messages were in hands than the queue allows');
  }

  /** Its settlement was asked for. */
  settling(id: number): void {
    this.#heldUntilNs.delete(id);
  }
}
