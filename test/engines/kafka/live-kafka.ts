import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import engine from '../../../engines/kafka/engine.ts';
import { kafkaProvisioner } from '../../../engines/kafka/provision.ts';
import type { KafkaOptions } from '../../../engines/kafka/options.ts';
import type {
  ActorContext,
  Administration,
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
  Target,
} from '../../../engines/engine.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { createProvisionHost } from '../../../harness/provision/host.ts';
import { openLifeLine } from '../../../harness/provision/life-line.ts';
import { openProxies, type ProxyGroup } from '../../../harness/fault/proxy.ts';

export const live = process.env['ACKMARK_LIVE'] === '1';

/** A broker of this test file, reachable directly and through a fault proxy. */
export interface LiveKafka {
  readonly up: Provisioned;
  readonly proxies: ProxyGroup;
  stop(): Promise<void>;
}

export async function startKafka(nodes = 1): Promise<LiveKafka> {
  const cache = join(process.cwd(), '.ackmark', 'cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(tmpdir(), 'ackmark-kafka-'));
  const lifeLine = openLifeLine(join(directory, 'pids'), process.pid, (pid, signal) => {
    process.kill(pid, signal);
  });
  const host = createProvisionHost({
    cacheDirectory: cache,
    environment: process.env,
    nodeExecutable: process.execPath,
    signal: new AbortController().signal,
    lifeLine,
    note: () => undefined,
  });
  await kafkaProvisioner.fetch(host);
  const proxies = await openProxies(nodes, engine.wire);
  const up = await kafkaProvisioner.up(host, {
    nodes,
    directory,
    proxies: proxies.proxies.map(({ endpoint }) => endpoint),
  });
  await Promise.all(
    up.upstreams.map((upstream, index) => proxies.proxies[index]?.forwardTo(upstream)),
  );
  return {
    up,
    proxies,
    stop: async () => {
      await up.down();
      await proxies.close();
      lifeLine.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function optionsOf(profile: keyof typeof engine.profiles): KafkaOptions {
  const found = engine.profiles[profile];
  if (found === undefined) throw new Error(`no profile ${profile}`);
  return engine.options.parse(found.options);
}

let names = 0;

/** A topic and a group of its own on the broker; everything is removed at the end. */
export class LiveCell {
  readonly target: Target;
  readonly options: KafkaOptions;
  readonly administration: Administration;
  readonly deployed: Deployed;
  readonly #sessions: Session[] = [];

  private constructor(
    target: Target,
    options: KafkaOptions,
    administration: Administration,
    deployed: Deployed,
  ) {
    this.target = target;
    this.options = options;
    this.administration = administration;
    this.deployed = deployed;
  }

  static async open(target: Target, options: KafkaOptions, scopes = 2): Promise<LiveCell> {
    const administration = await engine.administer(target, options);
    names += 1;
    const name = `t${process.pid}-${names}`;
    const deployed = await administration.apply({
      destinations: [{ name, scopes }],
      subscriptions: [{ name: `${name}-group`, destination: 0 }],
    });
    return new LiveCell(target, options, administration, deployed);
  }

  async session(target: Target = this.target): Promise<Session> {
    const session = await engine.connect(target, this.options, context());
    this.#sessions.push(session);
    return session;
  }

  async producer(target?: Target, transactionalId?: string): Promise<TestProducer> {
    return TestProducer.open(await this.session(target), this.deployed, transactionalId);
  }

  async consumer(target?: Target): Promise<TestConsumer> {
    return TestConsumer.open(await this.session(target), this.deployed);
  }

  /** Resolves when the broker holds at least `count` messages. */
  async stored(count: number): Promise<number> {
    for (let poll = 0; poll < 400; poll += 1) {
      const backlog = await this.administration.backlog(this.deployed, 0);
      if (backlog.by !== 'end-position') throw new Error('a log has end positions');
      const held = backlog.ends.reduce((sum, { end }) => sum + end.major, 0);
      if (held >= count) return held;
      await pause(50);
    }
    throw new Error(`the broker never held ${count} messages`);
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.close()));
    await this.administration.remove(this.deployed);
    await this.administration.close();
  }
}

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
