import { randomUUID } from 'node:crypto';
import type {
  ActorContext,
  Deployed,
  Delivery,
  Engine,
  Outcome,
  Outgoing,
  Place,
  Session,
  Target,
} from '../../../engines/engine.ts';
import { validated } from '../../../engines/contract/contract.ts';

export interface Settled {
  readonly outcome: Outcome;
  readonly code: number;
  readonly place: Place | undefined;
  readonly attempts: number;
}

/** A cell with one destination and one subscription, and hands to send and receive with. */
export class Cell<O> {
  readonly outcomes = new Map<number, Settled>();
  readonly disconnections: unknown[] = [];
  readonly #engine: Engine<O>;
  readonly #options: O;
  readonly #sessions: Session[] = [];
  readonly #violations: Error[] = [];
  #nextTicket = 1;

  constructor(engine: Engine<O>, profile: string, override: Partial<O> = {}) {
    const options = engine.profiles[profile]?.options;
    if (options === undefined) throw new Error(`no profile ${profile}`);
    this.#engine = validated<O>(engine, (violation) => {
      this.#violations.push(violation);
    });
    this.#options = engine.options.parse({ ...options, ...override });
  }

  async deploy(target: Target, scopes = 1): Promise<Deployed> {
    const administration = await this.#engine.administer(target, this.#options);
    const name = `cell-${randomUUID()}`;
    const deployed = await administration.apply({
      destinations: [{ name, scopes }],
      subscriptions: [{ name: `${name}-group`, destination: 0 }],
    });
    await administration.close();
    return deployed;
  }

  async sender(
    target: Target,
    deployed: Deployed,
  ): Promise<{ send: (bodies: readonly string[]) => number[]; flush: () => Promise<void> }> {
    const session = await this.#connect(target);
    const producer = await session.producer?.(
      { deployed },
      {
        settled: (ticket, outcome, code, place, attempts) =>
          this.outcomes.set(ticket, { outcome, code, place, attempts }),
        returned: () => {},
        writable: () => {},
        disconnected: (error) => this.disconnections.push(error),
      },
    );
    if (producer === undefined) throw new Error('no producer');
    return {
      send: (bodies) => {
        const batch = bodies.map((body) => outgoing(this.#nextTicket++, body));
        producer.send(batch);
        return batch.map(({ ticket }) => ticket);
      },
      flush: () => producer.flush(),
    };
  }

  /** Receives until `enough` says so, acknowledging everything. */
  async receive(
    target: Target,
    deployed: Deployed,
    enough: (bodies: readonly string[]) => boolean,
    acknowledge = true,
  ): Promise<Delivery[]> {
    const session = await this.#connect(target);
    const got: Delivery[] = [];
    const done = Promise.withResolvers<void>();
    let fresh: Delivery[] = [];
    let onDeliver = (): void => {};
    const consumer = await session.consumer?.(
      { deployed, subscription: 0, start: { at: 'earliest' } },
      {
        deliver: (batch) => {
          got.push(...batch);
          fresh.push(...batch);
          onDeliver();
        },
        settled: () => {},
        assigned: () => {},
        revoking: () => Promise.resolve(),
        lost: () => {},
        scopeEnded: () => {},
        disconnected: (error) => done.reject(error),
      },
    );
    if (consumer === undefined) throw new Error('no consumer');
    let ticket = 1;
    onDeliver = () =>
      queueMicrotask(() => {
        if (acknowledge && fresh.length > 0)
          consumer.settle(ticket++, fresh, { how: 'acknowledge' });
        fresh = [];
        if (enough(got.map(({ body }) => body.toString()))) done.resolve();
      });
    consumer.request(100_000);
    await done.promise;
    await consumer.close();
    return got;
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) await session.close();
    if (this.#violations[0] !== undefined) throw this.#violations[0];
  }

  async #connect(target: Target): Promise<Session> {
    const actor: ActorContext = {
      name: `actor-${this.#sessions.length}`,
      nowNs: () => performance.now() * 1e6,
      random: () => 0.5,
      signal: new AbortController().signal,
    };
    const session = await this.#engine.connect(target, this.#options, actor);
    this.#sessions.push(session);
    return session;
  }
}

function outgoing(ticket: number, body: string): Outgoing {
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
  };
}
