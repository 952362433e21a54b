import type { CommitLog, EntryAddress } from '../journal/commit-log.ts';
import type { Checkpointed } from '../journal/space.ts';
import type { BatchView } from '../protocol/batch.ts';
import { type Refusal, Status } from '../protocol/protocol.ts';
import type { Keeps } from '../rules.ts';
import type { Declared, Done, Published, Refused, Settled, Subscribed } from './answers.ts';
import type { BrokerQueue, Depth } from './broker-queue.ts';
import type { BrokerState } from './broker-state.ts';
import { Consumer, type ConsumerListener, type ConsumerSpec, type Handed } from './consumer.ts';
import type { Copy } from './copy.ts';
import { type CopyDelivery, withLastDeath } from './copy-delivery.ts';
import { Dispatcher } from './dispatcher.ts';
import type { TopologyEntry } from './entries.ts';
import type { ExchangeSpec } from './exchange.ts';
import type { BindingSpec } from './exchanges/exchange-type.ts';
import { Ledger } from './ledger.ts';
import { needOfConfirm, publishRoutes } from './publish-routes.ts';
import type { QueueSpec } from './queue-spec.ts';
import type { PublishRequest, SettleHow, SettleRequest } from './requests.ts';

export interface RoutingBrokerOptions {
  /** Memory for the newest batches. */
  readonly cacheBytes: number;
  readonly keeps: Keeps;
}

/** The routing broker as a state machine without I/O, over the same journal as the log and the queue. */
export class RoutingBroker {
  /** What a checkpoint of the journal holds. */
  readonly lasting: Checkpointed;
  readonly #ledger: Ledger;
  readonly #state: BrokerState;
  readonly #dispatcher: Dispatcher;
  readonly #keeps: Keeps;
  readonly #consumers = new Map<number, Consumer>();
  #nextConsumer = 1;

  constructor(log: CommitLog, { cacheBytes, keeps }: RoutingBrokerOptions) {
    this.#keeps = keeps;
    this.#ledger = new Ledger(log, cacheBytes, keeps);
    this.lasting = this.#ledger;
    this.#state = this.#ledger.state;
    this.#dispatcher = new Dispatcher(this.#ledger);
  }

  /** Recovery: once per journal entry, in order, before any request. */
  replay(payload: Buffer, address: EntryAddress): void {
    this.#ledger.replay(payload, address);
  }

  /**
   * Recovery has ended: whatever was not settled is visible again, oldest first.
   * @param whenCommitted runs what makes it so, at once where all that is found is committed
   */
  recovered(whenCommitted: (show: () => void) => void = atOnce): void {
    const found = [...this.#state.queues.values()].flatMap((queue) =>
      queue.found().map((copy) => ({ queue, copy })),
    );
    whenCommitted(() => this.#dispatcher.arrived(found));
  }

  declareExchange(spec: ExchangeSpec, done: (declared: Declared) => void): void {
    const { exchanges, nextExchange: id } = this.#state;
    if (exchanges.has(spec.name)) return done(exists);
    if (spec.alternate !== undefined && exchanges.get(spec.alternate) === undefined) {
      return done(unknownExchange);
    }
    this.#declare({ kind: 'exchange-declared', exchange: id, spec }, id, done);
  }

  deleteExchange(exchange: number, done: (deleted: Done) => void): void {
    if (this.#state.exchanges.get(exchange) === undefined) return done(unknownExchange);
    this.#declare({ kind: 'exchange-deleted', exchange }, exchange, done);
  }

  declareQueue(spec: QueueSpec, done: (declared: Declared) => void): void {
    const { exchanges, nextQueue: id } = this.#state;
    const { deadLetterExchange } = spec;
    if (this.#state.hasQueue(spec.name)) return done(exists);
    if (deadLetterExchange !== undefined && exchanges.get(deadLetterExchange) === undefined) {
      return done(unknownExchange);
    }
    this.#declare({ kind: 'queue-declared', queue: id, spec }, id, done);
  }

  deleteQueue(id: number, done: (deleted: Done) => void): void {
    const queue = this.#state.queues.get(id);
    if (queue === undefined) return done(unknownQueue);
    this.#declare({ kind: 'queue-deleted', queue: id }, id, done);
    for (const consumer of queue.consumers) {
      this.#consumers.delete(consumer.id);
      consumer.end();
      consumer.listener.cancelled();
    }
  }

  bind(exchange: number, queue: number, spec: BindingSpec, done: (bound: Done) => void): void {
    this.#bind('bound', exchange, queue, spec, done);
  }

  unbind(exchange: number, queue: number, spec: BindingSpec, done: (unbound: Done) => void): void {
    this.#bind('unbound', exchange, queue, spec, done);
  }

  /** @throws JournalError, ProtocolError for headers that are none; nothing is stored then */
  publish(
    request: PublishRequest,
    batch: BatchView,
    nowMs: number,
    done: (published: Published) => void,
  ): void {
    this.#dispatcher.advance(nowMs);
    const { exchange, priority, persistent } = request;
    if (this.#state.exchanges.get(exchange) === undefined) return done(unknownExchange);
    const all = publishRoutes(this.#state, request, batch, this.#keeps);
    const { routes, returned, refused } = all;
    const confirm = (): void => done({ status: Status.ok, returned, refused });
    if (routes.every((queues) => queues.length === 0)) return confirm();
    const { nextCopy: baseCopy } = this.#state;
    const entry = { kind: 'published', baseCopy, priority, routes } as const;
    this.#ledger.publish(entry, batch.bytes, {
      persistent,
      need: needOfConfirm(this.#state, all, this.#keeps),
      confirm,
      committed: (arrivals) => this.#dispatcher.arrived(arrivals),
    });
  }

  /** Nothing is delivered before the consumer was granted credit. */
  subscribe(session: number, spec: ConsumerSpec, listener: ConsumerListener): Subscribed {
    const queue = this.#state.queues.get(spec.queue);
    if (queue === undefined) return unknownQueue;
    const reason = queue.consumers.refusal(spec.exclusive);
    if (reason !== undefined) return { status: Status.inUse, reason };
    const consumer = new Consumer(this.#nextConsumer, session, spec, listener);
    this.#nextConsumer += 1;
    this.#consumers.set(consumer.id, consumer);
    queue.consumers.add(consumer);
    return { status: Status.ok, consumer: consumer.id };
  }

  grant(session: number, id: number, credit: number, nowMs: number): Done {
    this.#dispatcher.advance(nowMs);
    const consumer = this.#consumerOf(session, id);
    if (consumer === undefined) return unknownConsumer;
    consumer.grant(credit);
    this.#attend(consumer.spec.queue);
    return { status: Status.ok };
  }

  /** Unlike AMQP's cancel it also gives back what the consumer holds. */
  unsubscribe(session: number, id: number, nowMs: number): Done {
    this.#dispatcher.advance(nowMs);
    const consumer = this.#consumerOf(session, id);
    if (consumer === undefined) return unknownConsumer;
    this.#end(consumer, true);
    return { status: Status.ok };
  }

  /** @throws JournalError, and then the copies are held as before */
  settle(
    session: number,
    { consumer: id, tags, how }: SettleRequest,
    nowMs: number,
    done: (settled: Settled) => void,
  ): void {
    this.#dispatcher.advance(nowMs);
    const consumer = this.#consumerOf(session, id);
    const queue = consumer === undefined ? undefined : this.#state.queues.get(consumer.spec.queue);
    if (consumer === undefined || queue === undefined) return done(unknownConsumer);
    const held = new Map<number, Copy>();
    const each = tags.map((tag) => {
      const copy = held.has(tag) ? undefined : consumer.held(tag);
      if (copy === undefined) return Status.unknownTag;
      held.set(tag, copy);
      return Status.ok;
    });
    this.#settle(queue, [...held.values()], how, () => done({ status: Status.ok, each }));
    for (const tag of held.keys()) consumer.settled(tag);
    this.#dispatcher.attend(queue);
  }

  depth(id: number, nowMs: number): Depth | undefined {
    this.#dispatcher.advance(nowMs);
    this.#attend(id);
    return this.#state.queues.get(id)?.depth;
  }

  /** What its consumers hold goes back. */
  disconnected(session: number, nowMs: number): void {
    this.#dispatcher.advance(nowMs);
    for (const consumer of this.#consumers.values()) {
      if (consumer.session === session) this.#end(consumer, this.#keeps('return-held'));
    }
  }

  tick(nowMs: number): void {
    this.#dispatcher.advance(nowMs);
    for (const queue of this.#state.queues.values()) this.#dispatcher.attend(queue);
  }

  /** What a consumer is told of a copy that it is handed. */
  deliveryOf({ tag, attempt, copy }: Handed): CopyDelivery {
    const { message, deaths } = copy;
    const batch = this.#ledger.viewOf(message);
    const headers = batch.headers(message.slot);
    const nameOf = (id: number): string | undefined => this.#state.queues.get(id)?.spec.name;
    return {
      tag,
      attempt,
      key: batch.key(message.slot),
      headers: deaths.length === 0 ? headers : withLastDeath(headers, deaths, nameOf),
      body: batch.body(message.slot),
    };
  }

  /** When `tick` must be called next, if nothing else happens before. */
  nextWakeMs(): number | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const queue of this.#state.queues.values()) next = Math.min(next, queue.nextWakeMs());
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  #bind(
    kind: 'bound' | 'unbound',
    exchange: number,
    queue: number,
    spec: BindingSpec,
    done: (bound: Done) => void,
  ): void {
    if (this.#state.exchanges.get(exchange) === undefined) return done(unknownExchange);
    if (!this.#state.queues.has(queue)) return done(unknownQueue);
    this.#declare({ kind, exchange, queue, spec }, queue, done);
  }

  #declare(entry: TopologyEntry, id: number, done: (declared: Declared) => void): void {
    this.#ledger.record(entry, () => done({ status: Status.ok, id }));
  }

  #settle(queue: BrokerQueue, copies: readonly Copy[], how: SettleHow, done: () => void): void {
    if (copies.length === 0) return done();
    switch (how) {
      case 'requeue':
        queue.giveBack(copies);
        return done();
      case 'reject':
        return this.#dispatcher.bury(queue, copies, 'rejected', done);
      case 'acknowledge':
        return this.#ledger.change(
          copies,
          (some) => ({ kind: 'removed', queue: queue.id, copies: some.map((copy) => copy.id) }),
          done,
        );
    }
  }

  #end(consumer: Consumer, givesBack: boolean): void {
    this.#consumers.delete(consumer.id);
    const held = consumer.end();
    const queue = this.#state.queues.get(consumer.spec.queue);
    queue?.consumers.remove(consumer);
    if (givesBack) queue?.giveBack(held);
    this.#attend(consumer.spec.queue);
  }

  #attend(id: number): void {
    const queue = this.#state.queues.get(id);
    if (queue !== undefined) this.#dispatcher.attend(queue);
  }

  #consumerOf(session: number, id: number): Consumer | undefined {
    const consumer = this.#consumers.get(id);
    return consumer?.session === session ? consumer : undefined;
  }
}

const atOnce = (show: () => void): void => show();
const refusal = (status: Refusal, reason: string): Refused => ({ status, reason });
const exists = refusal(Status.alreadyExists, 'it exists already');
const unknownExchange = refusal(Status.unknownDestination, 'there is no such exchange');
const unknownQueue = refusal(Status.unknownDestination, 'there is no such queue');
const unknownConsumer = refusal(Status.unknownConsumer, 'there is no such consumer');
