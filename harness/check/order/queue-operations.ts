/**
 * The enqueue and dequeue intervals of messages with unique values, up to a million operations, in typed
 * arrays: when each may have taken effect.
 */
export const operationsMost = 1_000_000;

export class QueueOperations {
  #capacity = 1_024;
  #enqueueBegan = new Float64Array(1_024);
  #enqueueEnded = new Float64Array(1_024);
  #dequeueBegan = new Float64Array(1_024);
  #dequeueEnded = new Float64Array(1_024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns the message's number */
  enqueue(beganNs: number): number {
    if (this.#size === this.#capacity) this.#grow();
    const message = this.#size;
    this.#size += 1;
    this.#enqueueBegan[message] = beganNs;
    this.#enqueueEnded[message] = Number.POSITIVE_INFINITY;
    this.#dequeueBegan[message] = Number.POSITIVE_INFINITY;
    this.#dequeueEnded[message] = Number.POSITIVE_INFINITY;
    return message;
  }

  enqueued(message: number, endedNs: number): void {
    if (endedNs < (this.#enqueueEnded[message] as number)) this.#enqueueEnded[message] = endedNs;
  }

  dequeued(message: number, beganNs: number, endedNs: number): void {
    this.#dequeueBegan[message] = beganNs;
    this.#dequeueEnded[message] = endedNs;
  }

  isDequeued(message: number): boolean {
    return (this.#dequeueEnded[message] as number) < Number.POSITIVE_INFINITY;
  }

  /** Whatever became of it, it was not overtaken for certain. */
  excuse(message: number): void {
    this.#dequeueBegan[message] = Number.NEGATIVE_INFINITY;
  }

  /**
   * Messages that were overtaken: enqueued, certainly, before another one, which was dequeued, certainly,
   * before them. A history with unique values, no message out of nothing and none twice, is linearizable
   * as a FIFO queue if and only if there is none (the bad pattern VOrd). O(n log n).
   */
  overtaken(): readonly number[] {
    const byBegin = Array.from({ length: this.#size }, (_, message) => message);
    byBegin.sort((a, b) => this.#at(this.#enqueueBegan, a) - this.#at(this.#enqueueBegan, b));
    const begins = Float64Array.from(byBegin, (message) => this.#at(this.#enqueueBegan, message));
    // The earliest certain dequeue among those whose enqueue began at this rank or later.
    const earliest = new Float64Array(this.#size + 1).fill(Number.POSITIVE_INFINITY);
    for (let rank = this.#size - 1; rank >= 0; rank -= 1) {
      const ended = this.#at(this.#dequeueEnded, byBegin[rank] as number);
      earliest[rank] = Math.min(earliest[rank + 1] as number, ended);
    }
    const found: number[] = [];
    for (let message = 0; message < this.#size; message += 1) {
      const after = firstAbove(begins, this.#at(this.#enqueueEnded, message));
      if ((earliest[after] as number) < this.#at(this.#dequeueBegan, message)) found.push(message);
    }
    return found;
  }

  #at(of: Float64Array, message: number): number {
    return of[message] as number;
  }

  #grow(): void {
    this.#capacity *= 2;
    const grown = (of: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const into = new Float64Array(this.#capacity);
      into.set(of);
      return into;
    };
    this.#enqueueBegan = grown(this.#enqueueBegan);
    this.#enqueueEnded = grown(this.#enqueueEnded);
    this.#dequeueBegan = grown(this.#dequeueBegan);
    this.#dequeueEnded = grown(this.#dequeueEnded);
  }
}

/** Rank of the first value above `bound` in an ascending array. */
function firstAbove(values: Float64Array, bound: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}
