import type { MessageId } from '../../embedded/simulation/message.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import { filters } from './topic.ts';

/** Tells what a topic did with messages, as far as they were read. */
export class TopicWatch {
  readonly #world: SimulatedWorld;
  /** By lane and seq, the groups that read it. */
  readonly #readers = new Map<string, Set<number>>();

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  read(group: number, { lane, seq }: MessageId): void {
    const key = `${lane} ${seq}`;
    const readers = this.#readers.get(key) ?? new Set();
    this.#readers.set(key, readers);
    readers.add(group);
    if (readers.size > 1) this.#world.mark('a message was in several queues of a topic');
  }

  /** Every queue has been read to its end. */
  drained(): void {
    const isKeptOut = [...this.#readers.values()].some(({ size }) => size < filters.length);
    if (isKeptOut) this.#world.mark('a filter kept a message out of a queue');
  }
}
