import type { Consumer } from './consumer.ts';

/** The consumers of one queue, in the order of their coming. */
export class Consumers {
  readonly #singleActive: boolean;
  #all: Consumer[] = [];
  /** Where the next look for a consumer with room begins. */
  #turn = 0;

  constructor(singleActive: boolean) {
    this.#singleActive = singleActive;
  }

  get unsettled(): number {
    let sum = 0;
    for (const { unsettled } of this.#all) sum += unsettled;
    return sum;
  }

  [Symbol.iterator](): Iterator<Consumer> {
    return this.#all[Symbol.iterator]();
  }

  /** Why the queue cannot have this consumer; undefined when it can. */
  refusal(exclusive: boolean): string | undefined {
    if (this.#all.some(({ spec }) => spec.exclusive)) return 'the queue has an exclusive consumer';
    if (exclusive && this.#all.length > 0) return 'the queue has consumers already';
    return undefined;
  }

  add(consumer: Consumer): void {
    this.#all.push(consumer);
  }

  remove(consumer: Consumer): void {
    this.#all = this.#all.filter((one) => one !== consumer);
  }

  /**
   * Who is handed the next copy: by turns, whoever has room. Of a single-active queue only the consumer
   * that came first, until it ends, whether it has room or not.
   */
  next(): Consumer | undefined {
    if (this.#singleActive) {
      const [active] = this.#all;
      return active !== undefined && active.room > 0 ? active : undefined;
    }
    for (let tried = 0; tried < this.#all.length; tried += 1) {
      const consumer = this.#all[(this.#turn + tried) % this.#all.length];
      if (consumer === undefined || consumer.room <= 0) continue;
      this.#turn = (this.#turn + tried + 1) % this.#all.length;
      return consumer;
    }
    return undefined;
  }
}
