import type { ProducerIdentity } from '../embedded/log/entries.ts';
import type { Consumer, ConsumerSink, Delivery, Outcome, Settlement, Start } from '../engine.ts';
import type { LogConsumer } from './consumer.ts';

/**
 * Scopes are numbered through the whole deployment, partitions within their topic. These two stand between
 * the harness and a consumer of a topic whose first partition is not scope 0.
 */
export function scopedSink(sink: ConsumerSink, firstScope: number): ConsumerSink {
  const scopesOf = (partitions: readonly number[]): number[] =>
    partitions.map((partition) => partition + firstScope);
  return {
    deliver: (batch) => sink.deliver(moved(batch, firstScope)),
    settled: (ticket, index, outcome, code) => sink.settled(ticket, index, outcome, code),
    assigned: (partitions, generation) => sink.assigned(scopesOf(partitions), generation),
    revoking: (partitions) => sink.revoking(scopesOf(partitions)),
    lost: (partitions) => sink.lost(scopesOf(partitions)),
    scopeEnded: (partition, children) =>
      sink.scopeEnded(partition + firstScope, scopesOf(children)),
    disconnected: (error) => sink.disconnected(error),
  };
}

export class ScopedConsumer implements Consumer {
  readonly #inner: LogConsumer;
  readonly #firstScope: number;

  constructor(inner: LogConsumer, firstScope: number) {
    this.#inner = inner;
    this.#firstScope = firstScope;
  }

  request(permits: number): void {
    this.#inner.request(permits);
  }

  settle(ticket: number, of: readonly Delivery[], how: Settlement): void {
    this.#inner.settle(ticket, moved(of, -this.#firstScope), how);
  }

  include(identity: ProducerIdentity, upTo: readonly Delivery[]): Promise<Outcome> {
    return this.#inner.include(identity, moved(upTo, -this.#firstScope));
  }

  seek(to: Start): Promise<void> {
    return this.#inner.seek(startIn(to, this.#firstScope));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** The same start, its scope as a partition of the topic. */
export function startIn(start: Start, firstScope: number): Start {
  return start.at === 'position' ? { ...start, scope: start.scope - firstScope } : start;
}

function moved(deliveries: readonly Delivery[], by: number): Delivery[] {
  return deliveries.map((delivery) => {
    const { place } = delivery;
    return place === undefined
      ? delivery
      : { ...delivery, place: { ...place, scope: place.scope + by } };
  });
}
