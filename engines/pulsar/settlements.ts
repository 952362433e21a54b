import { invariant } from '../../harness/core/errors.ts';
import { Afterwards } from '../afterwards.ts';
import type { ActorContext, ConsumerSink, Delivery, Settlement } from '../engine.ts';
import type { PulsarConnection } from './connection.ts';
import type { MessageId } from './deliveries.ts';
import { outcomeOf, PulsarCode } from './outcomes.ts';
import { AckType } from './protocol/messages.ts';
import { ServerError } from './protocol/server-errors.ts';

const sweepMs = 100;

interface Asked {
  readonly dueNs: number;
}

/**
 * Settles deliveries, one command a ticket. An acknowledgement asks for its receipt. A message that is given back has
 * none: the answer to a ping behind it tells that the broker has read it.
 */
export class Settlements {
  readonly #connection: PulsarConnection;
  readonly #consumerId: number;
  readonly #isCumulative: boolean;
  readonly #sink: ConsumerSink;
  readonly #actor: ActorContext;
  readonly #waitNs: number;
  readonly #open = new Map<number, Asked>();
  readonly #ended: { readonly ticket: number; readonly code: PulsarCode }[] = [];
  readonly #telling = new Afterwards(() => this.#tell());
  readonly #sweep: NodeJS.Timeout;
  readonly #waiting: (() => void)[] = [];
  #firstRefusal: ServerError | undefined;

  constructor(
    connection: PulsarConnection,
    consumerId: number,
    isCumulative: boolean,
    sink: ConsumerSink,
    actor: ActorContext,
    waitMs: number,
  ) {
    this.#connection = connection;
    this.#consumerId = consumerId;
    this.#isCumulative = isCumulative;
    this.#sink = sink;
    this.#actor = actor;
    this.#waitNs = waitMs * 1e6;
    this.#sweep = setInterval(() => this.#giveUp(), sweepMs);
  }

  /** The broker's words for the first acknowledgement that it did not take. */
  get firstRefusal(): ServerError | undefined {
    return this.#firstRefusal;
  }

  settle(ticket: number, of: readonly Delivery[], { how }: Settlement): void {
    this.#open.set(ticket, { dueNs: this.#actor.nowNs() + this.#waitNs });
    const ids = of.map(({ token }) => token as MessageId);
    switch (how) {
      case 'acknowledge':
        void this.#acknowledge(ticket, ids);
        return;
      case 'requeue':
        this.#connection.send('redeliverUnacknowledged', {
          consumerId: this.#consumerId,
          messageIds: ids,
        });
        this.#connection.ping(() => this.#end(ticket, PulsarCode.ok));
        return;
      default:
        invariant(false, `pulsar does not declare the capability ${how}`);
    }
  }

  /** Resolves when everything has been answered. */
  async answeredAll(): Promise<void> {
    if (this.#open.size + this.#ended.length === 0) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** What has no answer yet ends so, and is told. */
  end(code: PulsarCode): void {
    clearInterval(this.#sweep);
    for (const ticket of this.#open.keys()) this.#end(ticket, code);
    this.#tell();
  }

  async #acknowledge(ticket: number, ids: readonly MessageId[]): Promise<void> {
    const requestId = this.#connection.newId();
    try {
      await this.#connection.request('ack', requestId, {
        consumerId: this.#consumerId,
        ackType: this.#isCumulative ? AckType.cumulative : AckType.individual,
        messageIds: this.#isCumulative ? ids.slice(-1) : ids,
        requestId,
      });
      this.#end(ticket, PulsarCode.ok);
    } catch (error) {
      if (error instanceof ServerError) this.#firstRefusal ??= error;
      // The broker's own error does not say how much of it was applied either.
      const code = this.#connection.isOpen ? PulsarCode.brokerError : PulsarCode.connectionLost;
      this.#end(ticket, code);
    }
  }

  #giveUp(): void {
    const nowNs = this.#actor.nowNs();
    for (const [ticket, { dueNs }] of this.#open) {
      if (dueNs > nowNs) break;
      this.#end(ticket, PulsarCode.noAnswer);
    }
  }

  /** The first end counts. */
  #end(ticket: number, code: PulsarCode): void {
    if (!this.#open.delete(ticket)) return;
    this.#ended.push({ ticket, code });
    this.#telling.schedule();
  }

  #tell(): void {
    for (const { ticket, code } of this.#ended.splice(0)) {
      this.#sink.settled(ticket, -1, outcomeOf(code), code);
    }
    if (this.#open.size + this.#ended.length > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
