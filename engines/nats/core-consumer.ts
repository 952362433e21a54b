import type { NatsConnection } from '@nats-io/transport-node';
import { invariant } from '../../harness/core/errors.ts';
import { Afterwards } from '../afterwards.ts';
import type { Consumer, ConsumerSink, Delivery } from '../engine.ts';
import { Fifo } from '../fifo.ts';
import { refusedSubscription } from './access.ts';
import { coreDelivery } from './deliveries.ts';
import { endOf } from './link.ts';

/**
 * A member of a queue group. The server knows no permits: it hands out what is published while the
 * subscription is there, and what is not asked for yet waits here. All of that is lost with the consumer.
 */
export class CoreConsumer implements Consumer {
  readonly #sink: ConsumerSink;
  #buffer = new Fifo<Delivery>();
  readonly #delivering = new Afterwards(() => this.#deliver());
  readonly #leave: () => void;
  #permits = 0;
  #isDelivering = false;
  #loss: Error | undefined;
  #told = false;
  #closed = false;

  private constructor(
    connection: NatsConnection,
    subjects: string,
    group: string,
    sink: ConsumerSink,
  ) {
    this.#sink = sink;
    const subscription = connection.subscribe(subjects, {
      queue: group,
      callback: (error, message) => {
        if (error !== null) {
          this.#lost(refusedSubscription(error));
          return;
        }
        this.#buffer.push(coreDelivery(message));
        this.#delivering.schedule();
      },
    });
    this.#leave = () => subscription.unsubscribe();
    void endOf(connection).then((error) => this.#lost(error));
  }

  /** Resolves when the server has the subscription: what is published before is nobody's. */
  static async open(
    connection: NatsConnection,
    subjects: string,
    group: string,
    sink: ConsumerSink,
  ): Promise<CoreConsumer> {
    const consumer = new CoreConsumer(connection, subjects, group, sink);
    await connection.flush();
    return consumer;
  }

  request(permits: number): void {
    this.#permits += permits;
    this.#deliver();
  }

  settle(): void {
    invariant(false, 'core NATS has nothing to settle');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#loss === undefined) this.#leave();
    this.#buffer = new Fifo();
  }

  /** The sink may ask for more while it is being served; the outer call serves that too. */
  #deliver(): void {
    if (this.#isDelivering || this.#closed) return;
    this.#isDelivering = true;
    try {
      for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) {
        this.#sink.deliver(batch);
      }
    } finally {
      this.#isDelivering = false;
    }
    if (this.#loss === undefined || this.#told || this.#buffer.length > 0 || this.#closed) return;
    this.#told = true;
    this.#sink.disconnected(this.#loss);
  }

  #nextBatch(): readonly Delivery[] {
    const batch: Delivery[] = [];
    while (this.#permits > 0 && !this.#closed) {
      const delivery = this.#buffer.shift();
      if (delivery === undefined) break;
      this.#permits -= 1;
      batch.push(delivery);
    }
    return batch;
  }

  #lost(error: Error): void {
    if (this.#loss !== undefined || this.#closed) return;
    this.#loss = error;
    this.#delivering.schedule();
  }
}
