import type { Actor } from '../actors/actor.ts';
import type { LaneSpan } from '../core/lanes.ts';

/** The actors of a cell, those that were and those that are. */
export class Troupe {
  readonly producers: Actor[] = [];
  readonly consumers: Actor[] = [];
  readonly transformers: Actor[] = [];
  /** Actors that have ended, in whatever way. */
  readonly over = new Set<Actor>();
  readonly lanes: LaneSpan[] = [];
  /** Names by actor number; 0 is the coordinator. */
  readonly names: string[] = ['harness'];
  readonly #listeners: ((actor: Actor) => void)[] = [];

  add(actor: Actor): void {
    this.#ofRole(actor.spec.role).push(actor);
    void actor.ended.then(() => this.over.add(actor));
    for (const listener of this.#listeners) listener(actor);
  }

  /** Calls back for every actor that is on stage or will be. */
  onEnter(listener: (actor: Actor) => void): void {
    this.#listeners.push(listener);
    for (const actor of this.all()) listener(actor);
  }

  all(): readonly Actor[] {
    return [...this.producers, ...this.transformers, ...this.consumers];
  }

  /** Whoever reads: a subscription is drained when they have nothing left. */
  livingReaders(): readonly Actor[] {
    return [...this.livingTransformers(), ...this.livingConsumers()];
  }

  livingTransformers(): readonly Actor[] {
    return this.transformers.filter((actor) => !this.over.has(actor));
  }

  livingConsumers(): readonly Actor[] {
    return this.consumers.filter((actor) => !this.over.has(actor));
  }

  livingProducers(): readonly Actor[] {
    return this.producers.filter((actor) => !this.over.has(actor));
  }

  #ofRole(role: Actor['spec']['role']): Actor[] {
    switch (role) {
      case 'producer':
        return this.producers;
      case 'consumer':
        return this.consumers;
      case 'transformer':
        return this.transformers;
    }
  }

  /** Lets the producers send what they held back for a fault. */
  release(): void {
    for (const producer of this.livingProducers()) producer.release();
  }

  sent(): number {
    return this.producers.reduce((sum, producer) => sum + producer.counters().sent, 0);
  }

  throttled(): number {
    return this.producers.reduce((sum, producer) => sum + producer.counters().throttled, 0);
  }

  acknowledged(): number {
    return this.producers.reduce((sum, producer) => sum + producer.counters().acknowledged, 0);
  }

  unsettledSends(): number {
    return this.producers.reduce((sum, producer) => sum + producer.counters().unsettledSends, 0);
  }
}
