import { AckmarkError } from '../../harness/core/errors.ts';
import type { ActorContext } from '../engine.ts';
import type { BrokerConnection, ConnectOptions, ConnectionEvents } from './client.ts';
import { openAtLeader } from './at-leader.ts';

const firstPauseMs = 10;
const longestPauseMs = 200;

export interface ReconnectingEvents {
  /** A connection is there, the first or a later one. */
  readonly up: (connection: BrokerConnection) => void;
  /** It is gone; every request on it has been answered `lost`. */
  readonly down: () => void;
  /** No connection for `giveUpMs`, or the actor stops: there will be none any more. */
  readonly gaveUp: (error: AckmarkError) => void;
  readonly drained: () => void;
}

/** A connection that comes back by itself, with growing pauses and jitter from the seed. */
export class Reconnecting {
  readonly #options: ConnectOptions;
  readonly #actor: ActorContext;
  readonly #giveUpMs: number;
  readonly #events: ReconnectingEvents;
  #connection: BrokerConnection | undefined;
  #pause: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    options: ConnectOptions,
    actor: ActorContext,
    giveUpMs: number,
    events: ReconnectingEvents,
  ) {
    this.#options = options;
    this.#actor = actor;
    this.#giveUpMs = giveUpMs;
    this.#events = events;
  }

  get connection(): BrokerConnection | undefined {
    return this.#connection;
  }

  /** The first connection is tried once. @throws AckmarkError CONNECT_FAILED */
  async open(): Promise<BrokerConnection> {
    const connection = await this.#connect();
    this.#use(connection);
    return connection;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#pause);
    this.#actor.signal.removeEventListener('abort', this.#onAbort);
    this.#connection?.close();
    this.#connection = undefined;
  }

  #connect(): Promise<BrokerConnection> {
    const events: ConnectionEvents = {
      pushed: () => {},
      drained: () => this.#events.drained(),
      closed: (error) => this.#lost(error),
    };
    return openAtLeader(this.#options, events);
  }

  #use(connection: BrokerConnection): void {
    this.#connection = connection;
    this.#events.up(connection);
  }

  #lost(error: Error): void {
    this.#connection = undefined;
    if (this.#closed) return;
    this.#events.down();
    this.#actor.signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#retryAfter(firstPauseMs, this.#actor.nowNs(), error);
  }

  readonly #onAbort = (): void => this.#giveUp(new Error('the actor stops'));

  #retryAfter(pauseMs: number, sinceNs: number, last: unknown): void {
    if (this.#closed) return;
    if (this.#actor.signal.aborted) return this.#onAbort();
    if (this.#actor.nowNs() - sinceNs > this.#giveUpMs * 1e6) return this.#giveUp(last);
    const jittered = pauseMs * (0.5 + this.#actor.random());
    this.#pause = setTimeout(() => {
      void this.#tryOnce((error) =>
        this.#retryAfter(Math.min(pauseMs * 2, longestPauseMs), sinceNs, error),
      );
    }, jittered);
  }

  async #tryOnce(failed: (error: unknown) => void): Promise<void> {
    let connection: BrokerConnection;
    try {
      connection = await this.#connect();
    } catch (error) {
      failed(error);
      return;
    }
    if (this.#closed) {
      connection.close();
      return;
    }
    this.#actor.signal.removeEventListener('abort', this.#onAbort);
    this.#use(connection);
  }

  #giveUp(cause: unknown): void {
    if (this.#closed) return;
    this.close();
    const message = `no connection to ${this.#options.address} any more`;
    const hint = 'Look at the end of the broker’s log; it may have ended.';
    this.#events.gaveUp(new AckmarkError('CONNECT_FAILED', message, { hint, cause }));
  }
}
