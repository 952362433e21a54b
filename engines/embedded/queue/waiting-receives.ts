import type { Received, ReceiveRequest } from './queue-requests.ts';

export interface WaitingReceive {
  readonly session: number;
  readonly request: ReceiveRequest;
  readonly deadlineMs: number;
  readonly done: (received: Received) => void;
}

/** The long polls of one queue, in the order of their coming. */
export class WaitingReceives {
  #waiting: WaitingReceive[] = [];

  get first(): WaitingReceive | undefined {
    return this.#waiting[0];
  }

  push(receive: WaitingReceive): void {
    this.#waiting.push(receive);
  }

  shift(): WaitingReceive | undefined {
    return this.#waiting.shift();
  }

  takeAll(): readonly WaitingReceive[] {
    return this.#waiting.splice(0);
  }

  takeOf(session: number): readonly WaitingReceive[] {
    return this.#takeWhere((waiting) => waiting.session === session);
  }

  /** Those whose deadline has come. */
  takeOver(nowMs: number): readonly WaitingReceive[] {
    return this.#takeWhere((waiting) => waiting.deadlineMs <= nowMs);
  }

  /** When the first of them has waited long enough. */
  nextDeadlineMs(): number | undefined {
    const [first, ...others] = this.#waiting;
    if (first === undefined) return undefined;
    return others.reduce((least, { deadlineMs }) => Math.min(least, deadlineMs), first.deadlineMs);
  }

  #takeWhere(isTaken: (waiting: WaitingReceive) => boolean): readonly WaitingReceive[] {
    const taken = this.#waiting.filter(isTaken);
    if (taken.length > 0) this.#waiting = this.#waiting.filter((waiting) => !isTaken(waiting));
    return taken;
  }
}
