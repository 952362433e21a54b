import type { CommitLog, EntryAddress } from '../journal/commit-log.ts';
import type { Checkpointed } from '../journal/space.ts';
import type { BatchView } from '../protocol/batch.ts';
import { Status } from '../protocol/protocol.ts';
import type { Keeps } from '../rules.ts';
import type { Declared, Done, Published, Settled, Subscribed } from './answers.ts';
import type { BrokerQueue, Depth } from './broker-queue.ts';
import type { BrokerState } from './broker-state.ts';
import { Consumer, type ConsumerListener, type ConsumerSpec, type Handed } from './consumer.ts';
import type { Copy } from './copy.ts';
import { type CopyDelivery, withLastDeath } from './copy-delivery.ts';
import { Dispatcher } from './dispatcher.ts';
import type { TopologyEntry } from './entries.ts';
import type { ExchangeSpec } from './exchange.ts';
import { defaultExchange } from './exchanges.ts';
import { Ledger } from './ledger.ts';
import { Owners } from './owners.ts';
import { needOfConfirm, publishRoutes } from './publish-routes.ts';
import type { QueueSpec } from './queue-spec.ts';
import { refusals } from './refusals.ts';
import type { BindRequest, PublishRequest, SettleHow, SettleRequest } from './requests.ts';

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
  readonly #owners = new Owners();
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
    if (exchanges.has(spec.name)) return done(refusals.exists);
    if (spec.alternate !== undefined && exchanges.get(spec.alternate) === undefined) {
      return done(refusals.unknownExchange);
    }
    this.#declare({ kind: 'exchange-declared', exchange: id, spec }, id, done);
  }

  deleteExchange(exchange: number, done: (deleted: Done) => void): void {
    if (exchange === defaultExchange) return done(refusals.defaultExchange);
    if (this.#state.exchanges.get(exchange) === undefined) return done(refusals.unknownExchange);
    this.#declare({ kind: 'exchange-deleted', exchange }, exchange, done);
  }

  declareQueue(session: number, spec: QueueSpec, done: (declared: Declared) => void): void {
    const { exchanges, nextQueue: id } = this.#state;
    const { deadLetterExchange, exclusive } = spec;
    if (this.#state.hasQueue(spec.name)) return done(refusals.exists);
    if (deadLetterExchange !== undefined && exchanges.get(deadLetterExchange) === undefined) {
      return done(refusals.unknownExchange);
    }
    if (exclusive && deadLetterExchange !== undefined) return done(refusals.exclusiveDeadLetters);
    if (exclusive) this.#owners.own(id, session);
    this.#declare({ kind: 'queue-declared', queue: id, spec }, id, done);
  }

  deleteQueue(session: number, id: number, done: (deleted: Done) => void): void {
    const queue = this.#state.queues.get(id);
    if (queue === undefined) return done(refusals.unknownQueue);
    const locked = this.#owners.refusal(id, session);
    if (locked !== undefined) return done(locked);
    this.#declare({ kind: 'queue-deleted', queue: id }, id, done);
    this.#owners.forget(id);
    for (const consumer of queue.consumers) {
      this.#consumers.delete(consumer.id);
      consumer.end();
      consumer.listener.cancelled();
    }
  }

  bind(session: number, binding: BindRequest, done: (bound: Done) => void): void {
    this.#bind('bound', session, binding, done);
  }

  unbind(session: number, binding: BindRequest, done: (unbound: Done) => void): void {
    this.#bind('unbound', session, binding, done);
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
    if (this.#state.exchanges.get(exchange) === undefined) return done(refusals.unknownExchange);
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
    if (queue === undefined) return refusals.unknownQueue;
    const locked = this.#owners.refusal(spec.queue, session);
    if (locked !== undefined) return locked;
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
    if (consumer === undefined) return refusals.unknownConsumer;
    consumer.grant(credit);
    this.#attend(consumer.spec.queue);
    return { status: Status.ok };
  }

  /** Unlike AMQP's cancel it also gives back what the consumer holds. */
  unsubscribe(session: number, id: number, nowMs: number): Done {
    this.#dispatcher.advance(nowMs);
    const consumer = this.#consumerOf(session, id);
    if (consumer === undefined) return refusals.unknownConsumer;
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
    if (consumer === undefined || queue === undefined) return done(refusals.unknownConsumer);
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

  /** Its exclusive queues go; what its consumers hold of others goes back. */
  disconnected(session: number, nowMs: number): void {
    this.#dispatcher.advance(nowMs);
    for (const queue of this.#owners.leave(session)) {
      this.#ledger.record({ kind: 'queue-deleted', queue }, () => {});
    }
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
    session: number,
    binding: BindRequest,
    done: (bound: Done) => void,
  ): void {
    const { exchange, queue } = binding;
    if (exchange === defaultExchange) return done(refusals.defaultExchange);
    if (this.#state.exchanges.get(exchange) === undefined) return done(refusals.unknownExchange);
    if (!this.#state.queues.has(queue)) return done(refusals.unknownQueue);
    const locked = this.#owners.refusal(queue, session);
    if (locked !== undefined) return done(locked);
    this.#declare({ kind, ...binding }, queue, done);
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
