import type { Published } from '../../../../engines/embedded/broker/answers.ts';
import type { Depth } from '../../../../engines/embedded/broker/broker-queue.ts';
import type { ConsumerSpec, Handed } from '../../../../engines/embedded/broker/consumer.ts';
import type { ExchangeKind } from '../../../../engines/embedded/broker/exchange.ts';
import type {
  BindingSpec,
  Headers,
} from '../../../../engines/embedded/broker/exchanges/exchange-type.ts';
import { plainQueue, type QueueSpec } from '../../../../engines/embedded/broker/queue-spec.ts';
import type { PublishRequest, SettleHow } from '../../../../engines/embedded/broker/requests.ts';
import type { RoutingBroker } from '../../../../engines/embedded/broker/routing-broker.ts';
import type { FsyncPolicy } from '../../../../engines/embedded/journal/journal.ts';
import {
  BatchView,
  decodeHeaders,
  encodeBatch,
  encodeHeaders,
} from '../../../../engines/embedded/protocol/batch.ts';
import { Status } from '../../../../engines/embedded/protocol/protocol.ts';
import type { Keeps } from '../../../../engines/embedded/rules.ts';
import { routingBrokerOn } from '../broker-on.ts';
import { MemoryStorage } from '../memory-storage.ts';

export interface Letter {
  readonly body: string;
  readonly key?: string;
  readonly headers?: Headers;
}

export interface Got {
  readonly tag: number;
  readonly body: string;
  readonly attempt: number;
  readonly headers: Headers | undefined;
}

/** A consumer's hands: what came, in order. */
export class Hands {
  readonly id: number;
  readonly session: number;
  readonly got: Got[] = [];
  cancelled = false;
  readonly #bench: Bench;

  constructor(bench: Bench, session: number, spec: Partial<ConsumerSpec> & { queue: number }) {
    this.#bench = bench;
    this.session = session;
    const full = { acknowledge: 'manual', prefetch: 1000, exclusive: false, ...spec } as const;
    const subscribed = bench.broker.subscribe(session, full, {
      deliver: (handed) => this.got.push(...handed.map((one) => gotOf(bench, one))),
      cancelled: () => {
        this.cancelled = true;
      },
    });
    if (subscribed.status !== Status.ok) throw new Error(subscribed.reason);
    this.id = subscribed.consumer;
  }

  get bodies(): string[] {
    return this.got.map(({ body }) => body);
  }

  grant(credit: number): this {
    this.#bench.broker.grant(this.session, this.id, credit, this.#bench.nowMs);
    return this;
  }

  /** @returns the status of each tag, or nothing while the journal has not committed it */
  settle(how: SettleHow, tags: readonly number[]): readonly number[] | undefined {
    let each: readonly number[] | undefined;
    const request = { consumer: this.id, how, tags };
    this.#bench.broker.settle(this.session, request, this.#bench.nowMs, (settled) => {
      each = settled.status === Status.ok ? settled.each : [settled.status];
    });
    return each;
  }

  settleAll(how: SettleHow): void {
    this.settle(
      how,
      this.got.splice(0).map(({ tag }) => tag),
    );
  }

  leave(): void {
    this.#bench.broker.disconnected(this.session, this.#bench.nowMs);
  }
}

function gotOf({ broker }: Bench, handed: Handed): Got {
  const { tag, attempt, body, headers } = broker.deliveryOf(handed);
  return { tag, attempt, body: body.toString(), headers: decodeHeaders(headers) };
}

/** A broker, time that stands still until it is moved, and short words for what tests ask of both. */
export class Bench {
  nowMs = 0;
  storage: MemoryStorage;
  broker: RoutingBroker;
  readonly #options: { fsync?: FsyncPolicy; keeps?: Keeps };
  #names = 0;

  constructor(options: { fsync?: FsyncPolicy; keeps?: Keeps } = {}) {
    this.#options = options;
    this.storage = new MemoryStorage();
    this.broker = routingBrokerOn(this.storage, options);
  }

  /** kill -9 and a new process on what was written. */
  restart(): void {
    this.storage = MemoryStorage.copyOf(this.storage);
    this.broker = routingBrokerOn(this.storage, this.#options);
  }

  at(nowMs: number): this {
    this.nowMs = nowMs;
    this.broker.tick(nowMs);
    return this;
  }

  /** Ends every sync, also those that the end of one begins. */
  sync(): void {
    const held = this.storage.held ?? [];
    for (let done = held.shift(); done !== undefined; done = held.shift()) done(null);
  }

  exchange(kind: ExchangeKind, alternate?: number): number {
    this.#names += 1;
    const name = `exchange ${this.#names}`;
    let id = 0;
    this.broker.declareExchange({ name, kind, alternate }, (declared) => {
      if (declared.status === Status.ok) ({ id } = declared);
    });
    return id;
  }

  /** @param session the connection that declares it */
  queue(spec: Partial<QueueSpec> = {}, session = 0): number {
    this.#names += 1;
    let id = 0;
    this.broker.declareQueue(
      session,
      { ...plainQueue, name: `queue ${this.#names}`, ...spec },
      (declared) => {
        if (declared.status === Status.ok) ({ id } = declared);
      },
    );
    return id;
  }

  bind(exchange: number, queue: number, spec: Partial<BindingSpec> = {}, session = 0): void {
    const full = { key: '', match: 'all', headers: {}, ...spec } as const;
    this.broker.bind(session, { exchange, queue, spec: full }, () => {});
  }

  /** A queue with a fanout exchange of its own. */
  pair(spec: Partial<QueueSpec> = {}): { exchange: number; queue: number } {
    const exchange = this.exchange('fanout');
    const queue = this.queue(spec);
    this.bind(exchange, queue);
    return { exchange, queue };
  }

  publish(
    exchange: number,
    letters: readonly (string | Letter)[],
    options: Partial<PublishRequest> = {},
  ): Published | undefined {
    const messages = letters.map((letter) => {
      const { body, key, headers } = typeof letter === 'string' ? { body: letter } : letter;
      return {
        key: key === undefined ? undefined : Buffer.from(key, 'latin1'),
        headers: encodeHeaders(headers),
        body: Buffer.from(body),
      };
    });
    const request = { exchange, mandatory: false, persistent: true, priority: 0, ...options };
    let published: Published | undefined;
    const batch = BatchView.parse(encodeBatch(messages));
    this.broker.publish(request, batch, this.nowMs, (answer) => {
      published = answer;
    });
    return published;
  }

  hands(session: number, queue: number, spec: Partial<ConsumerSpec> = {}): Hands {
    return new Hands(this, session, { queue, ...spec });
  }

  /** Everything that may be handed out there, in order; it stays there. */
  contents(queue: number): string[] {
    const reader = this.hands(999, queue).grant(10_000);
    const { bodies } = reader;
    reader.leave();
    return bodies;
  }

  depth(queue: number): Depth | undefined {
    return this.broker.depth(queue, this.nowMs);
  }
}
