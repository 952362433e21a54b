import type { Random } from '../../../harness/core/random.ts';
import type { ConnectionTrouble, SimulatedWorld } from '../../simulation.ts';
import type { Answer } from '../answer.ts';
import { ByteReader } from '../protocol/bytes.ts';
import { isRefusal, Status } from '../protocol/protocol.ts';
import { ProcessClock } from './clock.ts';
import type { ServerEnd, SimulatedBroker } from './serving.ts';

export interface ClientListener {
  up(): void;
  down(): void;
  pushed(api: number, body: ByteReader): void;
}

const requestTimeoutMs = 120;

/** A client of a simulated broker: one connection at a time, made again when it ends, until it is closed. */
export class SimulatedClient {
  readonly #world: SimulatedWorld;
  readonly #broker: SimulatedBroker;
  readonly #trouble: ConnectionTrouble;
  readonly #listener: ClientListener;
  readonly #random: Random;
  readonly #clock: ProcessClock;
  readonly #open = new Map<number, (answer: Answer) => void>();
  #server: ServerEnd | undefined;
  #correlations = 0;
  #wakesNs = 0;
  /** What is being done, and what waits for its turn. */
  readonly #toDo: (() => void)[] = [];
  #isClosed = false;

  constructor(
    world: SimulatedWorld,
    broker: SimulatedBroker,
    trouble: ConnectionTrouble,
    listener: ClientListener,
  ) {
    this.#world = world;
    this.#broker = broker;
    this.#trouble = trouble;
    this.#listener = listener;
    const name = `client ${world.newActor()}`;
    this.#random = world.random(name);
    this.#clock = new ProcessClock(world, name, broker.skew);
    this.#connectSoon();
  }

  get isConnected(): boolean {
    return this.#server !== undefined;
  }

  /** @param timeoutMs after which the connection is given up; infinite for a long poll */
  request(
    api: number,
    body: Buffer,
    then: (answer: Answer) => void,
    timeoutMs = requestTimeoutMs,
  ): void {
    const server = this.#server;
    if (server === undefined) return then({ kind: 'lost' });
    this.#correlations += 1;
    const correlation = this.#correlations;
    this.#open.set(correlation, then);
    server.request(api, correlation, body);
    this.after(timeoutMs, () => {
      if (this.#open.has(correlation)) server.connection.cut();
    });
  }

  /** Without an answer, and without any word about it. */
  tell(api: number, body: Buffer): void {
    this.#correlations += 1;
    this.#server?.request(api, this.#correlations, body);
  }

  /** By the clock of its machine. */
  after(delayMs: number, act: () => void): void {
    this.#clock.after(delayMs, act);
  }

  /** Its thread stands still: what comes meanwhile is looked at when it goes on. */
  stall(forNs: number): void {
    this.#wakesNs = Math.max(this.#wakesNs, this.#world.agenda.nowNs + forNs);
  }

  /** Runs it when the thread goes on, after whatever came before; never after its end. */
  whenAwake(act: () => void): void {
    this.#toDo.push(act);
    if (this.#toDo.length === 1) this.#goOn();
  }

  #goOn(): void {
    const { agenda } = this.#world;
    while (this.#toDo.length > 0) {
      if (this.#isClosed) return;
      if (agenda.nowNs < this.#wakesNs) return agenda.at(this.#wakesNs, () => this.#goOn());
      this.#toDo[0]?.();
      this.#toDo.shift();
    }
  }

  /** The process ends: nothing is heard any more. */
  close(): void {
    this.#isClosed = true;
    this.#open.clear();
    this.#server?.connection.cut();
    this.#server = undefined;
  }

  #connectSoon(): void {
    const soonMs = 1 + this.#random.unit() * 14;
    this.after(soonMs, () => {
      if (this.#isClosed) return;
      const server: ServerEnd | undefined = this.#broker.accept(
        {
          answered: (correlation, status, body) => {
            this.whenAwake(() => {
              if (this.#server === server) this.#answered(correlation, status, body);
            });
          },
          pushed: (api, body) => {
            this.whenAwake(() => {
              if (this.#server === server) this.#listener.pushed(api, new ByteReader(body));
            });
          },
          ended: () => {
            this.whenAwake(() => {
              if (this.#server === server) this.#ended();
            });
          },
        },
        this.#trouble,
      );
      if (server === undefined) return this.#connectSoon();
      this.#server = server;
      this.#listener.up();
    });
  }

  #answered(correlation: number, status: number, body: Buffer): void {
    const then = this.#open.get(correlation);
    this.#open.delete(correlation);
    if (status === Status.ok) then?.({ kind: 'ok', body: new ByteReader(body) });
    else if (isRefusal(status)) then?.({ kind: 'refused', status, reason: body.toString() });
    else
      throw new Error(
        `the broker answered with status ${status}, which the protocol does not know`,
      );
  }

  #ended(): void {
    this.#server = undefined;
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const then of open) then({ kind: 'lost' });
    this.#listener.down();
    this.#connectSoon();
  }
}
