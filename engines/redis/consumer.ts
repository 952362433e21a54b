import { invariant } from '../../harness/core/errors.ts';
import { atMost } from '../at-most.ts';
import type { ActorContext, Consumer, ConsumerSink, Delivery, Settlement } from '../engine.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { type GroupPlace, GroupReader } from './group-reader.ts';
import type { Link } from './link.ts';
import type { RedisOptions } from './options.ts';
import { receiveLimit } from './traits.ts';

/** How long the last settlements, and a read that is under way, may take. */
const farewellMs = 2_000;

export interface ConsumerLinks {
  /** The consumer's own: reads wait on the server. */
  readonly reads: Link;
  /** The session's. */
  readonly writes: Link;
}

/**
 * A consumer of a group, with a connection for reads that wait and another for acknowledgements. Redis has no way to
 * give an entry back: what is unsettled at `close`, or was on its way, is claimed by others when it has been idle for
 * as long as a lease. Without acknowledgements the server has forgotten it: what was on its way is lost.
 */
export class StreamConsumer implements Consumer {
  readonly #reads: Link;
  readonly #writes: Link;
  readonly #options: RedisOptions;
  readonly #sink: ConsumerSink;
  readonly #reader: GroupReader;
  readonly #acknowledgements: Acknowledgements;
  readonly #readsId: number;
  /** Delivered and unsettled, by the token of the delivery. */
  readonly #unsettled = new Set<unknown>();
  readonly #reading: Promise<void>;
  #permits = 0;
  #wake = (): void => undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    { reads, writes }: ConsumerLinks,
    readsId: number,
    options: RedisOptions,
    at: GroupPlace,
    sink: ConsumerSink,
    actor: ActorContext,
  ) {
    this.#reads = reads;
    this.#writes = writes;
    this.#readsId = readsId;
    this.#options = options;
    this.#sink = sink;
    this.#reader = new GroupReader(reads, options, at, actor);
    this.#acknowledgements = new Acknowledgements(writes, at, sink);
    this.#reading = this.#read();
    void Promise.race([reads.ended, writes.ended]).then((error) => this.#lost(error));
  }

  static async open(
    links: ConsumerLinks,
    options: RedisOptions,
    at: GroupPlace,
    sink: ConsumerSink,
    actor: ActorContext,
  ): Promise<StreamConsumer> {
    try {
      const readsId = await links.reads.call<number>(['CLIENT', 'ID']);
      return new StreamConsumer(links, readsId, options, at, sink, actor);
    } catch (error) {
      links.reads.end(new Error('the consumer was not opened'));
      throw error;
    }
  }

  request(permits: number): void {
    this.#permits += permits;
    this.#wake();
  }

  settle(ticket: number, of: readonly Delivery[], { how }: Settlement): void {
    invariant(
      this.#options.acknowledgement === 'explicit',
      'redis has nothing to settle without acknowledgements',
    );
    invariant(how === 'acknowledge', `redis does not declare the capability ${how}`);
    for (const { token } of of) {
      const isOurs = this.#unsettled.delete(token);
      invariant(isOurs, 'a delivery is settled once, by the consumer that got it');
    }
    this.#acknowledgements.acknowledge(ticket, of);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#wake();
    if (this.#reads.isOpen && this.#writes.isOpen) {
      await atMost(this.#writes.call(['CLIENT', 'UNBLOCK', String(this.#readsId)]), farewellMs);
      await atMost(this.#reading, farewellMs);
      await atMost(this.#acknowledgements.answeredAll(), farewellMs);
    }
    this.#acknowledgements.end();
    this.#reads.end(new Error('the consumer was closed'));
  }

  async #read(): Promise<void> {
    // The constructor is over, then.
    await Promise.resolve();
    while (this.#goesOn()) {
      if (this.#permits === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      const batch = await this.#next(Math.min(this.#permits, receiveLimit));
      if (batch.length === 0 || !this.#goesOn()) continue;
      this.#permits -= batch.length;
      if (this.#options.acknowledgement === 'explicit') {
        for (const { token } of batch) this.#unsettled.add(token);
      }
      this.#sink.deliver(batch);
    }
  }

  async #next(most: number): Promise<readonly Delivery[]> {
    try {
      return await this.#reader.next(most);
    } catch (error) {
      // Whatever refuses a read (a group that is gone, above all) refuses the next one, too.
      this.#reads.end(error instanceof Error ? error : new Error(String(error)));
      return [];
    }
  }

  #goesOn(): boolean {
    return this.#closing === undefined && this.#reads.isOpen;
  }

  async #lost(error: Error): Promise<void> {
    this.#wake();
    if (this.#closing !== undefined) return;
    this.#reads.end(error);
    await this.#reading;
    await this.#acknowledgements.answeredAll();
    if (this.#isClosing) return;
    this.#acknowledgements.end();
    this.#sink.disconnected(error);
  }

  get #isClosing(): boolean {
    return this.#closing !== undefined;
  }
}
