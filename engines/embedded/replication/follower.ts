import { JournalError } from '../journal/commit-log.ts';
import type { Fetch, Fetched, Member } from './messages.ts';
import type { ReplicaLog } from './replica-log.ts';

export interface FollowerOptions {
  readonly log: ReplicaLog;
  readonly self: Member;
  readonly epoch: number;
  /** Until what was not answered is asked again; longer than the leader waits for entries. */
  readonly retryMs: number;
  /** Grows for as long as the process lives, so that no answer is taken for that to another question. */
  readonly nextRequest: () => number;
  readonly send: (fetch: Fetch) => void;
  /** Entries were cut off that the leader does not have. */
  readonly truncated: (entries: number) => void;
}

/** No request has this number: nothing is waited for. */
const answered = 0;

/**
 * Copies the leader's log. It asks for what comes after its own last entry, once that is stored here, so that
 * a position says what it holds; and it cuts off whatever its leader does not have.
 */
export class Follower {
  readonly #options: FollowerOptions;
  #request = answered;
  #askedMs = 0;
  #isOver = false;

  constructor(options: FollowerOptions, nowMs: number) {
    this.#options = options;
    this.#askWhenStored(nowMs);
  }

  end(): void {
    this.#isOver = true;
  }

  receive(answer: Fetched, nowMs: number): void {
    if (answer.request !== this.#request) return;
    this.#request = answered;
    if (answer.kind === 'diverged') this.#cut(answer.lastEpoch, answer.end);
    else if (!this.#copy(answer.entries)) return;
    this.#askWhenStored(nowMs);
  }

  tick(nowMs: number): void {
    if (nowMs - this.#askedMs >= this.#options.retryMs) this.#askWhenStored(nowMs);
  }

  /** @returns false when the disk has no room: it is asked again later */
  #copy(entries: readonly Buffer[]): boolean {
    try {
      for (const entry of entries) this.#options.log.copy(entry);
      return true;
    } catch (error) {
      if (error instanceof JournalError) return false;
      throw error;
    }
  }

  #cut(lastEpoch: number, end: number): void {
    const { log, truncated } = this.#options;
    const own = log.endOf(lastEpoch);
    const cut = log.end - Math.min(end, own.end);
    if (cut <= 0) return;
    log.cutFrom(log.end - cut);
    truncated(cut);
  }

  #askWhenStored(nowMs: number): void {
    this.#askedMs = nowMs;
    const { log } = this.#options;
    const { end } = log;
    log.whenHeld(() => {
      if (!this.#isOver && log.end === end) this.#ask();
    });
  }

  #ask(): void {
    const { log, self: from, epoch, send, nextRequest } = this.#options;
    this.#request = nextRequest();
    const { end: position, lastEpoch } = log;
    send({ kind: 'fetch', from, epoch, request: this.#request, position, lastEpoch });
  }
}
