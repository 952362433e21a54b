import { invariant } from '../../harness/core/errors.ts';

interface Open<T> {
  readonly operation: T;
  readonly dueNs: number;
}

/**
 * Operations that wait for an answer, by the number that is in the subject of their reply. All wait equally
 * long, so that the oldest is due first.
 */
export class OpenOperations<T> {
  readonly #open = new Map<number, Open<T>>();
  readonly #waitNs: number;
  #next = 0;

  constructor(waitMs: number) {
    this.#waitNs = waitMs * 1e6;
  }

  get size(): number {
    return this.#open.size;
  }

  /** @returns the number under which the answer will come */
  add(operation: T, nowNs: number): number {
    this.#next += 1;
    this.#open.set(this.#next, { operation, dueNs: nowNs + this.#waitNs });
    return this.#next;
  }

  /** Undefined when nothing waits under this number any more: an answer that came too late, or twice. */
  take(number: number): T | undefined {
    const found = this.#open.get(number);
    this.#open.delete(number);
    return found?.operation;
  }

  takeDue(nowNs: number): readonly T[] {
    const due: T[] = [];
    for (const [number, { operation, dueNs }] of this.#open) {
      if (dueNs > nowNs) break;
      this.#open.delete(number);
      due.push(operation);
    }
    return due;
  }

  takeAll(): readonly T[] {
    const all = [...this.#open.values()].map(({ operation }) => operation);
    this.#open.clear();
    return all;
  }
}

/** The number at the end of a reply subject. */
export function numberOf(subject: string): number {
  const number = Number(subject.slice(subject.lastIndexOf('.') + 1));
  invariant(Number.isInteger(number), `${subject} is no reply subject of ours`);
  return number;
}
