import type { NatsConnection } from '@nats-io/transport-node';
import { invariant } from '../../harness/core/errors.ts';
import { Afterwards } from '../afterwards.ts';
import type { Deployed, Outgoing, Producer, ProducerSink, Transaction } from '../engine.ts';
import { endOf } from './link.ts';
import { NatsCode, outcomeOf } from './outcomes.ts';
import { headersOf, refusalOf } from './outgoing.ts';
import { subjectOf } from './subjects.ts';

/** Fire and forget: nobody answers, so every outcome but a refusal before any byte is unknown. */
export class CoreProducer implements Producer {
  readonly #connection: NatsConnection;
  readonly #destinations: readonly string[];
  readonly #sink: ProducerSink;
  readonly #ended: { readonly ticket: number; readonly code: NatsCode }[] = [];
  /** In a microtask, when the client has copied the batch into its buffer. */
  readonly #settling = new Afterwards(() => this.#settleEnded());
  readonly #flushed: (() => void)[] = [];
  #lost = false;
  #closing = false;

  constructor(connection: NatsConnection, deployed: Deployed, sink: ProducerSink) {
    this.#connection = connection;
    this.#destinations = deployed.topology.destinations.map(({ name }) => name);
    this.#sink = sink;
    void endOf(connection).then((error) => this.#disconnected(error));
  }

  send(batch: readonly Outgoing[], transaction?: Transaction): void {
    invariant(transaction === undefined, 'nats does not declare transactions');
    for (const message of batch) {
      this.#ended.push({ ticket: message.ticket, code: this.#publish(message) });
    }
    this.#settling.schedule();
  }

  async flush(): Promise<void> {
    if (this.#ended.length === 0) return;
    await new Promise<void>((resolve) => this.#flushed.push(resolve));
  }

  async close(): Promise<void> {
    this.#settleEnded();
    this.#closing = true;
  }

  #publish(message: Outgoing): NatsCode {
    if (this.#lost || this.#closing || this.#connection.isClosed()) return NatsCode.notConnected;
    const refusal = refusalOf(message, false);
    if (refusal !== undefined) return refusal;
    const destination = this.#destinations[message.destination];
    invariant(destination !== undefined, `no destination ${message.destination}`);
    try {
      const headers = headersOf(message);
      const options = headers === undefined ? {} : { headers };
      this.#connection.publish(subjectOf(destination, message.key), message.body, options);
      return NatsCode.notAsked;
    } catch {
      // The client looks at size, subject and headers before it writes any of the message.
      return NatsCode.refusedByClient;
    }
  }

  #settleEnded(): void {
    for (const { ticket, code } of this.#ended.splice(0)) {
      this.#sink.settled(ticket, outcomeOf(code), code, undefined, 1);
    }
    for (const resolve of this.#flushed.splice(0)) resolve();
  }

  #disconnected(error: Error): void {
    if (this.#lost || this.#closing) return;
    this.#lost = true;
    queueMicrotask(() => {
      if (this.#closing) return;
      this.#settleEnded();
      this.#sink.disconnected(error);
    });
  }
}
