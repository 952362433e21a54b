import { Fifo } from '../../fifo.ts';
import type { Keeps } from '../rules.ts';

/** A message that was stored first under its deduplication id. */
export interface Original {
  readonly id: number;
  /** Of the journal's entry: before it is committed, a copy must not be called stored either. */
  readonly index: number;
}

/** What of an original must outlive a restart. */
export interface RememberedSend extends Original {
  readonly key: string;
  /** The uptime at which it was sent. */
  readonly sentMs: number;
}

interface Remembered extends Original {
  readonly key: string;
  readonly untilMs: number;
}

/** Longer than any broker runs, and still a whole number when something is added. */
const forEver = 2 ** 40;

function lengthOf(windowMs: number, keeps: Keeps): number {
  return keeps('remember-for-the-window') ? windowMs : windowMs / 10;
}

/**
 * The deduplication ids of a queue's latest sends. A copy that is sent within the window is taken for the
 * original, also when that was received and deleted since; it does not make the window longer (SQS
 * developer guide, message deduplication ID). Times are uptimes of the broker.
 */
export class DeduplicationWindow {
  readonly #windowMs: number;
  readonly #keeps: Keeps;
  readonly #byKey = new Map<string, Remembered>();
  /** In the order in which they end, because all last equally long. */
  readonly #inOrder = new Fifo<Remembered>();

  constructor(windowMs: number, keeps: Keeps) {
    this.#windowMs = keeps('forget-after-the-window') ? lengthOf(windowMs, keeps) : forEver;
    this.#keeps = keeps;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** In the order in which they were sent. */
  *remembered(): Generator<RememberedSend> {
    for (const { key, id, index, untilMs } of this.#byKey.values()) {
      yield { key, id, index, sentMs: untilMs - this.#windowMs };
    }
  }

  /** A window ends at its instant: a send `windowMs` after the original is new. */
  find(key: string, uptimeMs: number): Original | undefined {
    const found = this.#keeps('recognise-copies') ? this.#byKey.get(key) : undefined;
    return found !== undefined && found.untilMs > uptimeMs ? found : undefined;
  }

  remember(key: string, { id, index }: Original, uptimeMs: number): void {
    const remembered = { key, id, index, untilMs: uptimeMs + this.#windowMs };
    this.#byKey.set(key, remembered);
    this.#inOrder.push(remembered);
  }

  /** Forgets what has ended. */
  expire(uptimeMs: number): void {
    for (let oldest = this.#inOrder.first; oldest !== undefined; oldest = this.#inOrder.first) {
      if (oldest.untilMs > uptimeMs) return;
      this.#inOrder.shift();
      if (this.#byKey.get(oldest.key) === oldest) this.#byKey.delete(oldest.key);
    }
  }
}
