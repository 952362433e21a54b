import { setTimeout as pause } from 'node:timers/promises';
import type { ActorContext } from '../engine.ts';
import { attachProducer } from './attach.ts';
import type { ProducerPort, PulsarConnection } from './connection.ts';
import type { Lane, Sent } from './lane.ts';
import type { PulsarOptions } from './options.ts';

const firstPauseMs = 10;
const longestPauseMs = 500;

export type Connect = () => Promise<PulsarConnection>;

export interface LinkEvents {
  readonly portOf: (lane: Lane) => ProducerPort;
  /**
   * The broker knows the producers: what is unanswered goes again, before anything else can be sent. A broker that
   * deduplicates takes what comes behind a higher number for a copy.
   */
  readonly up: () => void;
  /** There will be no connection any more. */
  readonly over: (error: Error) => void;
}

/**
 * The connection of a producer with what the broker knows of it: one producer for each lane. Where the client sends
 * again, a lost connection is followed by others until the link is closed; else it is the last one.
 */
export class ProducerLink {
  readonly #connect: Connect;
  readonly #actor: ActorContext;
  readonly #resend: PulsarOptions['resend'];
  readonly #lanes: readonly Lane[];
  readonly #events: LinkEvents;
  #connection: PulsarConnection | undefined;
  /** Those that the session did not open, and will not close. */
  #own: PulsarConnection | undefined;
  #isClosed = false;
  maxMessageBytes = 0;

  constructor(
    connect: Connect,
    actor: ActorContext,
    resend: PulsarOptions['resend'],
    lanes: readonly Lane[],
    events: LinkEvents,
  ) {
    this.#connect = connect;
    this.#actor = actor;
    this.#resend = resend;
    this.#lanes = lanes;
    this.#events = events;
  }

  /** Rejects with what the broker said. */
  begin(connection: PulsarConnection): Promise<void> {
    return this.#use(connection);
  }

  /** Nothing leaves while there is no connection: it stays in its lane. */
  transmit({ producerId }: Lane, sent: Sent): void {
    const connection = this.#connection;
    if (connection === undefined || producerId === undefined) return;
    sent.attempts += 1;
    const { sequenceId, metadata, body } = sent;
    connection.sendMessage({ producerId, sequenceId }, metadata, body);
  }

  /** Gives the connection up, as if it had been lost. */
  renew(error: Error): void {
    this.#connection?.destroy(error);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#own?.close();
  }

  async #use(connection: PulsarConnection): Promise<void> {
    for (const lane of this.#lanes) {
      const name =
        lane.producerName !== ''
          ? lane.producerName
          : this.#resend === 'client'
            ? this.#actor.name
            : undefined;
      const port = this.#events.portOf(lane);
      const attached = await attachProducer(connection, lane.topic, name, port);
      lane.producerId = attached.id;
      lane.producerName = attached.name;
    }
    this.maxMessageBytes = connection.maxMessageBytes;
    this.#connection = connection;
    if (!this.#isClosed) this.#events.up();
    void connection.ended.then((error) => this.#lost(error));
  }

  #lost(error: Error): void {
    this.#connection = undefined;
    for (const lane of this.#lanes) lane.producerId = undefined;
    if (this.#isClosed) return;
    if (this.#resend === 'client' && !this.#actor.signal.aborted) void this.#comeBack(error);
    else this.#events.over(error);
  }

  async #comeBack(first: Error): Promise<void> {
    let pauseMs = firstPauseMs;
    let last: unknown = first;
    while (!this.#isClosed) {
      try {
        await pause(pauseMs * (0.5 + this.#actor.random()), undefined, {
          signal: this.#actor.signal,
        });
      } catch {
        // The actor stops.
        this.#events.over(last instanceof Error ? last : first);
        return;
      }
      try {
        await this.#again();
        return;
      } catch (error) {
        last = error;
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }

  /** A broker that has not noticed the end of the connection before says that the producer is busy, and looks after it. */
  async #again(): Promise<void> {
    const connection = await this.#connect();
    this.#own = connection;
    try {
      await this.#use(connection);
    } catch (error) {
      connection.destroy(new Error('the producer did not come back'));
      throw error;
    }
    if (this.#isClosed) await connection.close();
  }
}
