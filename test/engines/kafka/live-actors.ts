import type {
  ActorContext,
  Consumer,
  ConsumerSink,
  Delivery,
  Deployed,
  Outcome,
  Outgoing,
  Place,
  Producer,
  ProducerSink,
  Session,
  Transaction,
} from '../../../engines/engine.ts';

let actors = 0;

export function context(): ActorContext {
  actors += 1;
  return {
    name: `actor-${actors}`,
    nowNs: () => performance.now() * 1e6,
    random: () => 0.5,
    signal: new AbortController().signal,
  };
}

export interface Settled {
  readonly outcome: Outcome;
  readonly code: number;
  readonly place: Place | undefined;
  readonly attempts: number;
}

export class TestProducer implements ProducerSink {
  producer!: Producer;
  readonly results = new Map<number, Settled>();
  readonly writableChanges: boolean[] = [];
  readonly disconnections: unknown[] = [];
  twice = 0;
  #ticket = 0;

  static async open(session: Session, deployed: Deployed, id?: string): Promise<TestProducer> {
    const self = new TestProducer();
    if (session.producer === undefined) throw new Error('no producer');
    self.producer = await session.producer(
      { deployed, ...(id === undefined ? {} : { transactionalId: id }) },
      self,
    );
    return self;
  }

  /** Sends one batch and returns its tickets. */
  send(
    bodies: readonly string[],
    more: Partial<Outgoing> = {},
    transaction?: Parameters<Producer['send']>[1],
  ): number[] {
    const batch = bodies.map((body): Outgoing => {
      this.#ticket += 1;
      return {
        ticket: this.#ticket,
        destination: 0,
        key: undefined,
        partition: 0,
        group: undefined,
        deduplicationId: undefined,
        headers: undefined,
        delayMs: 0,
        body: Buffer.from(body),
        ...more,
      };
    });
    const tickets = batch.map(({ ticket }) => ticket);
    this.producer.send(batch, transaction);
    for (const outgoing of batch) outgoing.ticket = -1;
    return tickets;
  }

  async sendAndWait(bodies: readonly string[], more?: Partial<Outgoing>): Promise<Settled[]> {
    const tickets = this.send(bodies, more);
    await this.producer.flush();
    return tickets.map((ticket) => this.result(ticket));
  }

  async begin(): Promise<Transaction> {
    const transaction = await this.producer.begin?.();
    if (transaction === undefined) throw new Error('no transactions');
    return transaction;
  }

  result(ticket: number): Settled {
    const result = this.results.get(ticket);
    if (result === undefined) throw new Error(`ticket ${ticket} is unsettled`);
    return result;
  }

  settled(
    ticket: number,
    outcome: Outcome,
    code: number,
    place: Place | undefined,
    attempts: number,
  ): void {
    if (this.results.has(ticket)) this.twice += 1;
    this.results.set(ticket, { outcome, code, place, attempts });
  }
  returned(): void {}
  writable(is: boolean): void {
    this.writableChanges.push(is);
  }
  disconnected(error: unknown): void {
    this.disconnections.push(error);
  }
}

export class TestConsumer implements ConsumerSink {
  consumer!: Consumer;
  readonly deliveries: Delivery[] = [];
  readonly settlements = new Map<number, { readonly outcome: Outcome; readonly code: number }>();
  readonly events: string[] = [];
  readonly disconnections: unknown[] = [];
  onRevoking: () => Promise<void> = () => Promise.resolve();
  #ticket = 0;

  static async open(session: Session, deployed: Deployed): Promise<TestConsumer> {
    const self = new TestConsumer();
    if (session.consumer === undefined) throw new Error('no consumer');
    self.consumer = await session.consumer(
      { deployed, subscription: 0, start: { at: 'earliest' } },
      self,
    );
    return self;
  }

  get bodies(): string[] {
    return this.deliveries.map(({ body }) => body.toString());
  }

  async receive(count: number, patienceMs = 20_000): Promise<Delivery[]> {
    const from = this.deliveries.length;
    this.consumer.request(count);
    await until(`${count} deliveries`, () => this.deliveries.length >= from + count, patienceMs);
    return this.deliveries.slice(from);
  }

  async acknowledge(of: readonly Delivery[]): Promise<{ outcome: Outcome; code: number }> {
    this.#ticket += 1;
    const ticket = this.#ticket;
    this.consumer.settle(ticket, of, { how: 'acknowledge' });
    await until('the settlement', () => this.settlements.has(ticket));
    return this.settlements.get(ticket) as { outcome: Outcome; code: number };
  }

  deliver(batch: readonly Delivery[]): void {
    this.deliveries.push(...batch);
  }
  settled(ticket: number, index: number, outcome: Outcome, code: number): void {
    if (index !== -1 || this.settlements.has(ticket)) throw new Error('settled oddly');
    this.settlements.set(ticket, { outcome, code });
  }
  assigned(scopes: readonly number[], generation: number): void {
    this.events.push(`assigned ${scopes.join(' ')} at ${generation}`);
  }
  async revoking(scopes: readonly number[]): Promise<void> {
    this.events.push(`revoking ${scopes.join(' ')}`);
    await this.onRevoking();
  }
  lost(scopes: readonly number[]): void {
    this.events.push(`lost ${scopes.join(' ')}`);
  }
  scopeEnded(): void {}
  disconnected(error: unknown): void {
    this.disconnections.push(error);
  }
}

export async function until(
  what: string,
  holds: () => boolean,
  patienceMs = 20_000,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let waitedMs = 0;
  const timer = setInterval(() => {
    waitedMs += 10;
    if (holds()) resolve();
    else if (waitedMs >= patienceMs) reject(new Error(`waited in vain for ${what}`));
  }, 10);
  try {
    await promise;
  } finally {
    clearInterval(timer);
  }
}
