interface Held {
  readonly body: string;
  readonly group: string | undefined;
  count: number;
  /** In somebody's hands until then. */
  untilMs: number;
}

/** A FIFO queue as the sentences of its documentation say it, without regard to cost. */
export class NaiveFifo {
  readonly #windowMs: number;
  #messages: Held[] = [];
  readonly #sentMs = new Map<string, number>();
  /** Uptime when this life began, and at the latest send that was stored. */
  #lifeFromMs = 0;
  #lastStoredMs = 0;
  #firstMs: number | undefined;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get size(): number {
    return this.#messages.length;
  }

  uptimeMs(nowMs: number): number {
    this.#firstMs ??= nowMs;
    return this.#lifeFromMs + nowMs - this.#firstMs;
  }

  restart(): void {
    this.#lifeFromMs = this.#lastStoredMs;
    this.#firstMs = undefined;
    for (const message of this.#messages) message.untilMs = 0;
  }

  /** @returns whether it is new */
  send(body: string, group: string | undefined, key: string | undefined, nowMs: number): boolean {
    const uptimeMs = this.uptimeMs(nowMs);
    const before = key === undefined ? undefined : this.#sentMs.get(key);
    if (before !== undefined && uptimeMs < before + this.#windowMs) return false;
    if (key !== undefined) this.#sentMs.set(key, uptimeMs);
    this.#lastStoredMs = uptimeMs;
    this.#messages.push({ body, group, count: 0, untilMs: 0 });
    return true;
  }

  receive(most: number, leaseMs: number, nowMs: number): { body: string; receiveCount: number }[] {
    const isHeld = ({ untilMs }: Held): boolean => untilMs > nowMs;
    const blocked = new Set(this.#messages.filter(isHeld).map(({ group }) => group));
    blocked.delete(undefined);
    const free = this.#messages.filter((one) => !isHeld(one) && !blocked.has(one.group));
    const groups = [...new Set(free.map(({ group }) => group))];
    const inOrder = groups.flatMap((group) => free.filter((one) => one.group === group));
    return inOrder.slice(0, most).map((message) => {
      message.untilMs = nowMs + leaseMs;
      message.count += 1;
      return { body: message.body, receiveCount: message.count };
    });
  }

  /** @returns whether the receipt was good */
  settle(body: string, receiveCount: number, how: 'remove' | 'requeue', nowMs: number): boolean {
    const message = this.#messages.find((one) => one.body === body);
    if (message === undefined || message.untilMs <= nowMs || message.count !== receiveCount) {
      return false;
    }
    if (how === 'requeue') message.untilMs = 0;
    else this.#messages = this.#messages.filter((one) => one !== message);
    return true;
  }
}
