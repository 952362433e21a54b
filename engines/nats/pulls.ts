import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { ActorContext } from '../engine.ts';
import { isNoResponders } from './link.ts';
import { numberOf } from './open-operations.ts';
import { receiveLimit } from './traits.ts';

/** A pull that finds nothing for so long ends, and the next one is sent. */
const expiresMs = 30_000;
/** The consumer's leader says so often that a pull waits there; a leader that died says nothing more. */
const heartbeatMs = 1_000;
const missedMs = 2 * heartbeatMs + 500;
/** Before a pull is repeated that nobody took, or that somebody sent back. */
const pauseMs = 100;

const heartbeat = 100;
const pullTimedOut = 408;

/**
 * The pull requests of one consumer. One is open at a time, for as many messages as its owner wants at that
 * instant: the server deals messages out over all open pulls, so with several nobody could say which of them
 * asked for a copy. Where a leader has died its pull may still be served by somebody who heard of it late; until
 * a later one is over, copies count as asked for by the first of them.
 */
export class Pulls {
  readonly #connection: NatsConnection;
  readonly #subject: string;
  readonly #inbox: string;
  readonly #actor: ActorContext;
  readonly #wanted: () => number;
  #number = 0;
  /** Messages that the open pull may still bring; 0 when none is open. */
  #open = 0;
  #requestedNs = 0;
  #heardNs = 0;
  #abandoned = false;
  #again: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #ended = false;

  /** @param wanted how many messages the owner would take at this instant */
  constructor(
    connection: NatsConnection,
    subject: string,
    inbox: string,
    actor: ActorContext,
    wanted: () => number,
  ) {
    this.#connection = connection;
    this.#subject = subject;
    this.#inbox = inbox;
    this.#actor = actor;
    this.#wanted = wanted;
  }

  /** When the copies that come now were asked for, at the latest. */
  get requestedNs(): number {
    return this.#requestedNs;
  }

  /** Asks for what is wanted, unless it has been asked already. */
  adjust(): void {
    if (this.#ended || this.#open > 0 || this.#again !== undefined) return;
    const batch = Math.min(this.#wanted(), receiveLimit);
    if (batch <= 0 || this.#connection.isClosed()) return;
    this.#number += 1;
    this.#open = batch;
    this.#heardNs = this.#actor.nowNs();
    if (!this.#abandoned) this.#requestedNs = this.#heardNs;
    this.#connection.publish(
      this.#subject,
      JSON.stringify({
        batch,
        expires: expiresMs * 1e6,
        idle_heartbeat: heartbeatMs * 1e6,
      }),
      { reply: `${this.#inbox}.${this.#number}` },
    );
    this.#watch ??= setInterval(() => this.#lookOut(), heartbeatMs / 2);
  }

  /** A message came. */
  brought(): void {
    this.#heardNs = this.#actor.nowNs();
    if (this.#open === 0) return;
    this.#open -= 1;
    if (this.#open === 0) this.#abandoned = false;
  }

  /** What the server says about a pull instead of bringing a message. */
  told(message: Msg): void {
    if (numberOf(message.subject) !== this.#number) return;
    this.#heardNs = this.#actor.nowNs();
    const code = message.headers?.code ?? 0;
    if (code === heartbeat) return;
    this.#open = 0;
    // Of a pull that ended in good order nothing comes any more; of one that was cut short, who knows.
    if (code === pullTimedOut) this.#abandoned = false;
    else this.#abandoned ||= !isNoResponders(message);
    if (code === pullTimedOut) this.adjust();
    else this.#repeatLater();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#again);
    clearInterval(this.#watch);
  }

  #repeatLater(): void {
    if (this.#ended) return;
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      this.adjust();
    }, pauseMs);
  }

  #lookOut(): void {
    if (this.#open === 0 || this.#actor.nowNs() - this.#heardNs < missedMs * 1e6) return;
    this.#abandoned = true;
    this.#open = 0;
    this.adjust();
  }
}
