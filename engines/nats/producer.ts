import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { invariant } from '../../harness/core/errors.ts';
import { Afterwards } from '../afterwards.ts';
import type {
  ActorContext,
  Deployed,
  Outgoing,
  Place,
  Producer,
  ProducerSink,
  Transaction,
} from '../engine.ts';
import { refusedSubscription } from './access.ts';
import { endOf, isNoResponders, newInbox } from './link.ts';
import { numberOf, OpenOperations } from './open-operations.ts';
import type { JetStreamOptions } from './options.ts';
import { NatsCode, outcomeOf, readPublishAnswer } from './outcomes.ts';
import { headersOf, refusalOf } from './outgoing.ts';
import { streamOf, subjectOf } from './subjects.ts';

const sweepMs = 100;
/**
 * Nobody leads the stream for some seconds after its leader died, and the answer to that comes at once. Told at
 * once, a sender would use up all its attempts before there can be a new one.
 */
const nobodyLeadsMs = 500;

interface Sent {
  readonly ticket: number;
  readonly destination: number;
  readonly bytes: number;
}

interface Ended {
  readonly sent: Sent;
  readonly code: NatsCode;
  readonly sequence: number;
}

/**
 * Publishes with a reply subject of its own for each message: the stream's leader answers there with the
 * acknowledgement. That is what the client's `publish` of JetStream does, too, at the price of two promises and
 * a timer a message. An answer to a message that was given up comes too late and is nobody's.
 */
export class JetStreamProducer implements Producer {
  readonly #connection: NatsConnection;
  readonly #options: JetStreamOptions;
  readonly #streams: readonly string[];
  readonly #sink: ProducerSink;
  readonly #actor: ActorContext;
  readonly #inbox = newInbox();
  readonly #open: OpenOperations<Sent>;
  /** Sends that found nobody, until their senders are told. */
  readonly #unheard = new OpenOperations<Sent>(nobodyLeadsMs);
  #ended: Ended[] = [];
  readonly #settling = new Afterwards(() => this.#settleEnded());
  readonly #flushed: (() => void)[] = [];
  readonly #sweep: NodeJS.Timeout;
  #openBytes = 0;
  #toldWritable = true;
  #lost = false;
  #closing: Promise<void> | undefined;

  constructor(
    connection: NatsConnection,
    options: JetStreamOptions,
    deployed: Deployed,
    sink: ProducerSink,
    actor: ActorContext,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#streams = deployed.topology.destinations.map(streamOf);
    this.#sink = sink;
    this.#actor = actor;
    this.#open = new OpenOperations(options.answerTimeoutMs);
    connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#answered(message);
        else this.#disconnected(refusedSubscription(error));
      },
    });
    this.#sweep = setInterval(() => this.#giveUp(), sweepMs);
    void endOf(connection).then((error) => this.#disconnected(error));
  }

  send(batch: readonly Outgoing[], transaction?: Transaction): void {
    invariant(transaction === undefined, 'nats does not declare transactions');
    const nowNs = this.#actor.nowNs();
    for (const message of batch) this.#publish(message, nowNs);
    this.#tellWritable();
  }

  async flush(): Promise<void> {
    if (this.#unsettled === 0) return;
    await new Promise<void>((resolve) => this.#flushed.push(resolve));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#sweep);
    this.#endAll(NatsCode.closedByUs);
    this.#settleEnded();
  }

  get #unsettled(): number {
    return this.#open.size + this.#unheard.size + this.#ended.length;
  }

  #publish(message: Outgoing, nowNs: number): void {
    const { ticket, destination, body } = message;
    const sent = { ticket, destination, bytes: body.length };
    const refusal =
      this.#lost || this.#closing !== undefined || this.#connection.isClosed()
        ? NatsCode.notConnected
        : refusalOf(message, this.#options.duplicateWindowMs > 0);
    if (refusal !== undefined) {
      this.#end({ ...sent, bytes: 0 }, refusal, 0);
      return;
    }
    const stream = this.#streams[destination];
    invariant(stream !== undefined, `no destination ${destination}`);
    const number = this.#open.add(sent, nowNs);
    try {
      const headers = headersOf(message);
      this.#connection.publish(subjectOf(stream, message.key), body, {
        reply: `${this.#inbox}.${number}`,
        ...(headers === undefined ? {} : { headers }),
      });
      this.#openBytes += body.length;
    } catch {
      // The client looks at size, subject and headers before it writes any of the message.
      this.#open.take(number);
      this.#end({ ...sent, bytes: 0 }, NatsCode.refusedByClient, 0);
    }
  }

  #answered(message: Msg): void {
    const sent = this.#open.take(numberOf(message.subject));
    if (sent === undefined) return;
    if (isNoResponders(message)) {
      this.#unheard.add(sent, this.#actor.nowNs());
      return;
    }
    const { code, sequence } = readPublishAnswer(message.string());
    this.#end(sent, code, sequence);
  }

  #giveUp(): void {
    const nowNs = this.#actor.nowNs();
    for (const sent of this.#open.takeDue(nowNs)) this.#end(sent, NatsCode.noAnswer, 0);
    for (const sent of this.#unheard.takeDue(nowNs)) this.#end(sent, NatsCode.noResponders, 0);
  }

  #disconnected(error: Error): void {
    if (this.#lost || this.#closing !== undefined) return;
    this.#lost = true;
    clearInterval(this.#sweep);
    this.#endAll(NatsCode.connectionLost);
    queueMicrotask(() => {
      this.#settleEnded();
      if (this.#closing === undefined) this.#sink.disconnected(error);
    });
  }

  #endAll(code: NatsCode): void {
    for (const sent of this.#open.takeAll()) this.#end(sent, code, 0);
    for (const sent of this.#unheard.takeAll()) this.#end(sent, NatsCode.noResponders, 0);
  }

  #end(sent: Sent, code: NatsCode, sequence: number): void {
    this.#ended.push({ sent, code, sequence });
    this.#settling.schedule();
  }

  #settleEnded(): void {
    const all = this.#ended;
    this.#ended = [];
    for (const { sent, code, sequence } of all) {
      const { ticket, destination, bytes } = sent;
      this.#openBytes -= bytes;
      const place: Place | undefined =
        code === NatsCode.ok
          ? { scope: destination, position: { major: sequence, minor: 0 } }
          : undefined;
      this.#sink.settled(ticket, outcomeOf(code), code, place, 1);
    }
    this.#tellWritable();
    if (this.#unsettled > 0) return;
    for (const resolve of this.#flushed.splice(0)) resolve();
  }

  #tellWritable(): void {
    const writable = this.#openBytes < this.#options.bufferBytes;
    if (writable === this.#toldWritable || this.#lost || this.#closing !== undefined) return;
    this.#toldWritable = writable;
    this.#sink.writable(writable);
  }
}
