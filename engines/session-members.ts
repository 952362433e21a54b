import type { Consumer, Producer } from './engine.ts';

/** Producers and consumers of a session that share its connection: they are closed first, and it behind them, once. */
export class SessionMembers {
  readonly #members: (Producer | Consumer)[] = [];
  readonly #closeRest: () => void | Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(closeRest: () => void | Promise<void>) {
    this.#closeRest = closeRest;
  }

  keep<T extends Producer | Consumer>(opened: T): T {
    this.#members.push(opened);
    return opened;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close()));
    await this.#closeRest();
  }
}
