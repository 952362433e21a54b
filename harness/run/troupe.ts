import type { Actor } from '../actors/actor.ts';
import type { LaneSpan } from '../core/lanes.ts';

/** The actors of a cell, those that were and those that are. */
export class Troupe {
  readonly producers: Actor[] = [];
  readonly consumers: Actor[] = [];
  /** Actors that have ended, in whatever way. */
  readonly over = new Set<Actor>();
  readonly lanes: LaneSpan[] = [];
  /** Names by actor number; 0 is the coordinator. */
  readonly names: string[] = ['harness'];
  readonly #listeners: ((actor: Actor) => void)[] = [];

  add(actor: Actor): void {
    if (actor.spec.role === 'producer') this.producers.push(actor);
    else this.consumers.push(actor);
    void actor.ended.then(() => this.over.add(actor));
    for (const listener of this.#listeners) listener(actor);
  }

  /** Calls back for every actor that is on stage or will be. */
  onEnter(listener: (actor: Actor) => void): void {
    this.#listeners.push(listener);
    for (const actor of [...this.producers, ...this.consumers]) listener(actor);
  }

  livingConsumers(): readonly Actor[] {
    return this.consumers.filter((actor) => !this.over.has(actor));
  }

  livingProducers(): readonly Actor[] {
    return this.producers.filter((actor) => !this.over.has(actor));
  }

  /** Lets the producers send what they held back for a fault. */
  release(): void {
    for (const producer of this.livingProducers()) producer.release();
  }

  sent(): number {
    return this.producers.reduce((sum, producer) => sum + producer.counters().sent, 0);
  }

  acknowledged(): number {
    return this.producers.reduce((sum, producer) => sum + producer.counters().acknowledged, 0);
  }

  unsettledSends(): number {
    return this.producers.reduce((sum, producer) => sum + producer.counters().unsettledSends, 0);
  }
}
