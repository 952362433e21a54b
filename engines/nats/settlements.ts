import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { invariant } from '../../harness/core/errors.ts';
import { Afterwards } from '../afterwards.ts';
import type { ActorContext, ConsumerSink, Delivery, Settlement } from '../engine.ts';
import { isNoResponders } from './link.ts';
import { numberOf, OpenOperations } from './open-operations.ts';
import { NatsCode, outcomeOf } from './outcomes.ts';

const sweepMs = 100;

/** What is published to the reply subject of a delivery. */
const words = {
  acknowledge: '+ACK',
  requeue: '-NAK',
  reject: '+TERM',
} as const satisfies Readonly<Record<Exclude<Settlement['how'], 'extend'>, string>>;

interface Asked {
  readonly ticket: number;
  readonly index: number;
}

/**
 * Settles deliveries one by one and asks for an answer to each (the double acknowledgement of the
 * documentation): the consumer's leader gives it when it has taken note.
 */
export class Settlements {
  readonly #connection: NatsConnection;
  readonly #inbox: string;
  readonly #sink: ConsumerSink;
  readonly #actor: ActorContext;
  readonly #open: OpenOperations<Asked>;
  readonly #ended: (Asked & { readonly code: NatsCode })[] = [];
  readonly #telling = new Afterwards(() => this.#tell());
  readonly #sweep: NodeJS.Timeout;
  readonly #waiting: (() => void)[] = [];

  constructor(
    connection: NatsConnection,
    inbox: string,
    sink: ConsumerSink,
    actor: ActorContext,
    waitMs: number,
  ) {
    this.#connection = connection;
    this.#inbox = inbox;
    this.#sink = sink;
    this.#actor = actor;
    this.#open = new OpenOperations(waitMs);
    this.#sweep = setInterval(() => {
      const due = this.#open.takeDue(this.#actor.nowNs());
      for (const asked of due) this.#end(asked, NatsCode.noAnswer);
    }, sweepMs);
  }

  settle(ticket: number, of: readonly Delivery[], { how }: Settlement): void {
    invariant(how !== 'extend', 'nats does not declare the capability extend');
    const nowNs = this.#actor.nowNs();
    for (const [index, { token }] of of.entries()) {
      const asked = { ticket, index };
      if (this.#connection.isClosed()) {
        this.#end(asked, NatsCode.connectionLost);
        continue;
      }
      const number = this.#open.add(asked, nowNs);
      const reply = `${this.#inbox}.${number}`;
      this.#connection.publish(String(token), words[how], { reply });
    }
  }

  /** Of an answer that says nothing but that it came. */
  answered(message: Msg): void {
    const asked = this.#open.take(numberOf(message.subject));
    if (asked === undefined) return;
    this.#end(asked, isNoResponders(message) ? NatsCode.noResponders : NatsCode.ok);
  }

  /** Gives a delivery back without asking whether it arrived. */
  giveBack(token: unknown): void {
    if (!this.#connection.isClosed()) this.#connection.publish(String(token), words.requeue);
  }

  /** Resolves when everything has been answered. */
  async answeredAll(): Promise<void> {
    if (this.#open.size + this.#ended.length === 0) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Nothing is told any more. */
  end(): void {
    clearInterval(this.#sweep);
    this.#open.takeAll();
    this.#ended.length = 0;
  }

  #end(asked: Asked, code: NatsCode): void {
    this.#ended.push({ ...asked, code });
    this.#telling.schedule();
  }

  #tell(): void {
    for (const { ticket, index, code } of this.#ended.splice(0)) {
      this.#sink.settled(ticket, index, outcomeOf(code), code);
    }
    if (this.#open.size + this.#ended.length > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
