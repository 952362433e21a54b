import { invariant } from '../../harness/core/errors.ts';
import { atMost } from '../at-most.ts';
import type { Deployed, Outgoing, Place, Producer, ProducerSink, Transaction } from '../engine.ts';
import { waitedFor } from './deployment.ts';
import { fieldsOf, placeOf, refusalOf } from './entries.ts';
import type { Link } from './link.ts';
import type { RedisOptions } from './options.ts';
import { outcomeOf, RedisCode } from './outcomes.ts';

/** How long `close` waits for answers. */
const farewellMs = 2_000;

interface Sent {
  readonly ticket: number;
  readonly bytes: number;
}

interface Added {
  readonly sent: Sent;
  readonly code: RedisCode;
  readonly place: Place | undefined;
}

/**
 * One XADD a message, all of a batch in one write. Where replicas are waited for, one WAIT follows the batch, and
 * nothing of it is acknowledged before that is answered.
 */
export class StreamProducer implements Producer {
  readonly #link: Link;
  readonly #options: RedisOptions;
  readonly #streams: readonly string[];
  readonly #replicas: number;
  readonly #sink: ProducerSink;
  readonly #open = new Set<Sent>();
  readonly #flushed: (() => void)[] = [];
  #openBytes = 0;
  #toldWritable = true;
  #closing: Promise<void> | undefined;
  #closed = false;

  constructor(link: Link, options: RedisOptions, deployed: Deployed, sink: ProducerSink) {
    this.#link = link;
    this.#options = options;
    this.#streams = deployed.topology.destinations.map(({ name }) => name);
    this.#replicas = waitedFor(deployed);
    this.#sink = sink;
    void link.ended.then((error) => this.#disconnected(error));
  }

  send(batch: readonly Outgoing[], transaction?: Transaction): void {
    invariant(transaction === undefined, 'redis does not declare transactions');
    const adding = batch.map((message) => this.#add(message));
    if (this.#replicas === 0) for (const added of adding) void added.then(this.#settle);
    else void this.#settleTogether(adding);
    this.#tellWritable();
  }

  async flush(): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => this.#flushed.push(resolve));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#link.isOpen) await atMost(this.flush(), farewellMs);
    for (const sent of this.#open) {
      this.#settle({ sent, code: RedisCode.closedByUs, place: undefined });
    }
    this.#closed = true;
  }

  async #add(message: Outgoing): Promise<Added> {
    const { ticket, destination, body } = message;
    const sent = { ticket, bytes: body.length };
    this.#open.add(sent);
    this.#openBytes += sent.bytes;
    const refusal =
      this.#link.isOpen && this.#closing === undefined
        ? refusalOf(message)
        : RedisCode.notConnected;
    if (refusal !== undefined) return { sent, code: refusal, place: undefined };
    const stream = this.#streams[destination];
    invariant(stream !== undefined, `no destination ${destination}`);
    const { maxLength } = this.#options;
    const cap = maxLength === 0 ? [] : ['MAXLEN', '=', String(maxLength)];
    try {
      const id = await this.#link.call<string>(['XADD', stream, ...cap, '*', ...fieldsOf(message)]);
      return { sent, code: RedisCode.ok, place: placeOf(id, destination) };
    } catch (error) {
      return { sent, code: this.#link.codeOf(error), place: undefined };
    }
  }

  async #settleTogether(adding: readonly Promise<Added>[]): Promise<void> {
    const code = await this.#replicated();
    for (const added of await Promise.all(adding)) {
      const isStored = added.code === RedisCode.ok;
      this.#settle(isStored && code !== RedisCode.ok ? { ...added, code } : added);
    }
  }

  /** What WAIT says of everything that this link has sent so far. */
  async #replicated(): Promise<RedisCode> {
    if (!this.#link.isOpen) return RedisCode.connectionLost;
    // Its answer must come before the link would be given up.
    const timeoutMs = Math.ceil(this.#options.answerTimeoutMs / 2);
    try {
      const have = await this.#link.call<number>([
        'WAIT',
        String(this.#replicas),
        String(timeoutMs),
      ]);
      return have >= this.#replicas ? RedisCode.ok : RedisCode.fewerReplicas;
    } catch (error) {
      const code = this.#link.codeOf(error);
      // Of a WAIT that was refused nothing follows for what stands before it.
      return outcomeOf(code) === 'fail' ? RedisCode.serverError : code;
    }
  }

  readonly #settle = ({ sent, code, place }: Added): void => {
    if (!this.#open.delete(sent)) return;
    this.#openBytes -= sent.bytes;
    this.#sink.settled(
      sent.ticket,
      outcomeOf(code),
      code,
      code === RedisCode.ok ? place : undefined,
      1,
    );
    this.#tellWritable();
    if (this.#open.size > 0) return;
    for (const resolve of this.#flushed.splice(0)) resolve();
  };

  async #disconnected(error: Error): Promise<void> {
    if (this.#closing !== undefined) return;
    await this.flush();
    if (!this.#isClosing) this.#sink.disconnected(error);
  }

  get #isClosing(): boolean {
    return this.#closing !== undefined;
  }

  #tellWritable(): void {
    const writable = this.#openBytes < this.#options.bufferBytes;
    if (writable === this.#toldWritable || !this.#link.isOpen || this.#closed) return;
    this.#toldWritable = writable;
    this.#sink.writable(writable);
  }
}
