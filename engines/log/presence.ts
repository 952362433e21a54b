interface Patience {
  /** Without a word for so long the broker takes the member for dead. */
  readonly sessionTimeoutMs: number;
  /** Without a call of `request` for so long, and with nothing left to deliver, the member leaves. */
  readonly pollIntervalMs: number;
}

interface PresenceListener {
  readonly nowNs: () => number;
  readonly heartbeat: () => void;
  readonly expired: () => void;
}

const heartbeatsPerTimeout = 3;

/**
 * Shows that a member is alive: heartbeats come from a timer of its thread, so a thread that stands still
 * is found by the session timeout. A thread that lives while nobody asks for messages is found by the poll
 * interval, which the client watches itself, as Kafka’s does (KIP-62).
 */
export class Presence {
  readonly #pollIntervalMs: number;
  readonly #listener: PresenceListener;
  readonly #timer: NodeJS.Timeout;
  /** Since when the harness has asked for nothing; undefined while something may still be delivered. */
  #starvedNs: number | undefined;

  constructor({ sessionTimeoutMs, pollIntervalMs }: Patience, listener: PresenceListener) {
    this.#pollIntervalMs = pollIntervalMs;
    this.#listener = listener;
    const everyMs = Math.max(1, Math.min(sessionTimeoutMs, pollIntervalMs) / heartbeatsPerTimeout);
    this.#timer = setInterval(() => this.#beat(), everyMs);
  }

  /** Permits are left, or none. */
  mayDeliver(permits: number): void {
    if (permits > 0) this.#starvedNs = undefined;
    else this.#starvedNs ??= this.#listener.nowNs();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const { nowNs, heartbeat, expired } = this.#listener;
    const sinceNs = this.#starvedNs ?? nowNs();
    const isLate = nowNs() - sinceNs > this.#pollIntervalMs * 1e6;
    if (isLate) expired();
    else heartbeat();
  }
}
