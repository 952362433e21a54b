import { Fifo } from '../../fifo.ts';
import type { Copy } from './copy.ts';

/** Copies of one priority: by their turn, whether they are new or came back. */
class Level {
  readonly #fresh = new Fifo<Copy>();
  /** Few, as many as consumers may hold; sorted by turn. */
  readonly #returned: Copy[] = [];

  get length(): number {
    return this.#fresh.length + this.#returned.length;
  }

  get first(): Copy | undefined {
    const fresh = this.#fresh.first;
    const [returned] = this.#returned;
    if (fresh === undefined || returned === undefined) return returned ?? fresh;
    return returned.turn < fresh.turn ? returned : fresh;
  }

  push(copy: Copy): void {
    this.#fresh.push(copy);
  }

  giveBack(copy: Copy): void {
    const later = this.#returned.findLastIndex(({ turn }) => turn < copy.turn);
    this.#returned.splice(later + 1, 0, copy);
  }

  shift(): Copy | undefined {
    const { first } = this;
    return first !== undefined && first === this.#returned[0]
      ? this.#returned.shift()
      : this.#fresh.shift();
  }
}

/**
 * What may be handed out: the highest priority first, and within one the oldest. A requeued copy takes its
 * old place (RabbitMQ docs/consumers, "to its original position if possible"; here always).
 */
export class ReadyCopies {
  /** By priority. */
  readonly #levels: readonly Level[];
  #turns = 0;
  #length = 0;

  /** @param maxPriority 0: all are alike; higher priorities of messages count as this one */
  constructor(maxPriority: number) {
    this.#levels = Array.from({ length: maxPriority + 1 }, () => new Level());
  }

  get length(): number {
    return this.#length;
  }

  get first(): Copy | undefined {
    return this.#highest()?.first;
  }

  push(copy: Copy): void {
    copy.turn = this.#turns;
    this.#turns += 1;
    this.#length += 1;
    this.#levelOf(copy).push(copy);
  }

  giveBack(copy: Copy): void {
    this.#length += 1;
    this.#levelOf(copy).giveBack(copy);
  }

  shift(): Copy | undefined {
    const copy = this.#highest()?.shift();
    if (copy !== undefined) this.#length -= 1;
    return copy;
  }

  #highest(): Level | undefined {
    return this.#length === 0 ? undefined : this.#levels.findLast(({ length }) => length > 0);
  }

  #levelOf(copy: Copy): Level {
    const level = this.#levels[Math.min(copy.message.priority, this.#levels.length - 1)];
    if (level === undefined) throw new RangeError(`no priority ${copy.message.priority}`);
    return level;
  }
}
