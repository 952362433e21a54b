import type { Command } from './protocol/commands.ts';
import { ServerError } from './protocol/server-errors.ts';

interface Waiting {
  readonly resolve: (answer: Command) => void;
  readonly reject: (error: Error) => void;
}

/** The greeting is asked for without a number. */
export const greetingId = 0;

/** Requests that wait for an answer, by the number that is in both. */
export class Requests {
  readonly #waiting = new Map<number, Waiting>();

  /** Rejects with ServerError, with what `endAll` says, or when nothing was said in time. */
  async wait(id: number, what: string, timeoutMs: number, ask: () => void): Promise<Command> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Command>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer to ${what} in time`)), timeoutMs);
        this.#waiting.set(id, { resolve, reject });
        ask();
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** An answer that nobody waits for any more is nobody's. */
  answered(command: Command): void {
    if (command.kind === 'connected') {
      this.#waiting.get(greetingId)?.resolve(command);
      return;
    }
    if (command.kind === 'other') return;
    const { body } = command;
    if (!('requestId' in body)) return;
    // Who is not let in is told so under a number that nobody has used.
    const waiting = this.#waiting.get(body.requestId ?? -1) ?? this.#waiting.get(greetingId);
    if ('error' in body && body.error !== undefined) {
      waiting?.reject(new ServerError(body.error, body.message ?? ''));
    } else waiting?.resolve(command);
  }

  endAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
