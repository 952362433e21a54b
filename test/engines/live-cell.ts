import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Administration,
  Consumer,
  ConsumerSink,
  Delivery,
  Deployed,
  Engine,
  Outcome,
  Outgoing,
  Place,
  Producer,
  ProducerSink,
  Session,
  Target,
} from '../../engines/engine.ts';

export interface Result {
  readonly outcome: Outcome;
  readonly code: number;
  readonly place: Place | undefined;
  readonly attempts: number;
}

export class Recorded implements ProducerSink, ConsumerSink {
  readonly results = new Map<number, Result>();
  readonly deliveries: Delivery[] = [];
  readonly settlements: Outcome[] = [];
  readonly settlementCodes: number[] = [];
  readonly disconnections: unknown[] = [];
  readonly losses: number[] = [];

  settled(ticket: number, ...rest: unknown[]): void {
    if (rest.length === 3 && typeof rest[0] === 'number') {
      this.settlements.push(rest[1] as Outcome);
      this.settlementCodes.push(rest[2] as number);
      return;
    }
    const [outcome, code, place, attempts] = rest as [Outcome, number, Place | undefined, number];
    this.results.set(ticket, { outcome, code, place, attempts });
  }
  deliver(batch: readonly Delivery[]): void {
    this.deliveries.push(...batch);
  }
  disconnected(error: unknown): void {
    this.disconnections.push(error);
  }
  returned(): void {}
  writable(): void {}
  assigned(): void {}
  revoking(): Promise<void> {
    return Promise.resolve();
  }
  lost(scopes: readonly number[]): void {
    this.losses.push(...scopes);
  }
  scopeEnded(): void {}
  bodies(): readonly string[] {
    return this.deliveries.map(({ body }) => body.toString());
  }
}

let cells = 0;

/** A destination and a subscription of their own on a real server, and whatever is opened on them. */
export class LiveCell<O> {
  readonly deployed: Deployed;
  readonly #engine: Engine<O>;
  readonly #target: Target;
  readonly #options: O;
  readonly #administration: Administration;
  readonly #sessions: Session[] = [];

  private constructor(
    engine: Engine<O>,
    target: Target,
    options: O,
    administration: Administration,
    deployed: Deployed,
  ) {
    this.#engine = engine;
    this.#target = target;
    this.#options = options;
    this.#administration = administration;
    this.deployed = deployed;
  }

  static async open<O>(
    engine: Engine<O>,
    target: Target,
    options: O,
    deliveries?: number,
  ): Promise<LiveCell<O>> {
    cells += 1;
    const limit =
      deliveries === undefined ? {} : { deliveryLimit: { deliveries, deadLetters: undefined } };
    const administration = await engine.administer(target, options);
    const deployed = await administration.apply({
      destinations: [{ name: `live-${cells}-d`, scopes: 1 }],
      subscriptions: [{ name: `live-${cells}-s`, destination: 0, ...limit }],
    });
    return new LiveCell(engine, target, options, administration, deployed);
  }

  get stream(): string {
    return this.deployed.topology.destinations[0]?.name ?? '';
  }

  async producer(
    target = this.#target,
    deployed = this.deployed,
  ): Promise<{ producer: Producer; sink: Recorded }> {
    const sink = new Recorded();
    const session = await this.#session(target);
    const producer = await session.producer?.({ deployed }, sink);
    if (producer === undefined) throw new Error('no producer');
    return { producer, sink };
  }

  async consumer(
    target = this.#target,
    deployed = this.deployed,
  ): Promise<{ consumer: Consumer; sink: Recorded }> {
    const sink = new Recorded();
    const session = await this.#session(target);
    const spec = { deployed, subscription: 0, start: { at: 'earliest' } } as const;
    const consumer = await session.consumer?.(spec, sink);
    if (consumer === undefined) throw new Error('no consumer');
    return { consumer, sink };
  }

  /** Messages that the subscription has not settled. */
  async open(): Promise<number> {
    const backlog = await this.#administration.backlog(this.deployed, 0);
    return backlog.by === 'exact-depth' ? backlog.ready + backlog.inFlight : Number.NaN;
  }

  remove(): Promise<void> {
    return this.#administration.remove(this.deployed);
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) await session.close();
    await this.remove();
    await this.#administration.close();
  }

  async #session(target: Target): Promise<Session> {
    const session = await this.#engine.connect(target, this.#options, {
      name: `live-test-${cells}-${this.#sessions.length}`,
      nowNs: () => Math.round(performance.now() * 1e6),
      random: () => 0.5,
      signal: new AbortController().signal,
    });
    this.#sessions.push(session);
    return session;
  }
}

export function outgoing(ticket: number, body: string, more: Partial<Outgoing> = {}): Outgoing {
  return {
    ticket,
    destination: 0,
    key: undefined,
    partition: undefined,
    group: undefined,
    deduplicationId: undefined,
    headers: undefined,
    delayMs: 0,
    body: Buffer.from(body),
    ...more,
  };
}

/** Tickets and bodies count from `from`. */
export const numbered = (count: number, from = 0): Outgoing[] =>
  Array.from({ length: count }, (_, index) => outgoing(from + index, `message ${from + index}`));

/** Polls; the assertion that follows says what was expected, so this only gives up. */
export async function until(holds: () => boolean | Promise<boolean>, patienceMs = 20_000) {
  const end = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > end)
      throw new Error(`not within ${patienceMs} ms: ${holds.toString()}`);
    await sleep(10);
  }
}
