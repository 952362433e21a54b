import { type GroupFacts, plainFacts } from '../../core/facts.ts';
import { type Random, randomFrom } from '../../core/random.ts';
import { Producer, type ProducerOptions } from '../clients/producer.ts';
import { TxReader } from '../transactions/reader.ts';
import { TxBroker } from '../transactions/tx-broker.ts';
import { TxWorker } from '../transactions/worker.ts';
import { between, happens, ms, oneOf, wholeBetween } from '../../core/chance.ts';
import { Course } from '../../simulate/world/course.ts';
import { calm, type Weather } from '../../simulate/world/network.ts';
import { ModelWorld } from './model-world.ts';
import { modelBounds } from './model.ts';
import type { ModelHistory } from '../../simulate/played.ts';

export interface TransactionModelOptions {
  readonly producers: readonly ProducerOptions[];
  readonly weather: Weather;
  /** Each has an input scope of its own, and writes to all output scopes. */
  readonly workers: number;
  readonly outputs: number;
  readonly batch: number;
  /** Transactions of a hundred that their application gives up. */
  readonly aborts: number;
  /** Workers that die, and workers that only seem to have died. */
  readonly crashes: number;
  readonly zombies: number;
  /** Each of two workers reads what the other one writes. */
  readonly peers: boolean;
}

const fromStart: GroupFacts = {
  role: 'subscription',
  reset: 'earliest',
  attempts: 0,
  deadLetter: -1,
  requeueTo: 'any',
  filtered: false,
};
const workersGroup = 0;
const readersGroup = 1;
const peersGroup = 2;
const inRoute = 0;
const outRoute = 1;

/** A pipeline that consumes, transforms and produces in transactions. */
export function playTransactions(
  seed: number,
  defect: string,
  tuned: (options: TransactionModelOptions) => TransactionModelOptions = (options) => options,
): ModelHistory {
  return new TransactionModel(new ModelWorld(seed, defect), tuned(optionsOf(seed))).play();
}

function optionsOf(seed: number): TransactionModelOptions {
  const random = randomFrom(seed).fork('options of transactions');
  const peers = happens(random, 0.25);
  return {
    producers: Array.from({ length: wholeBetween(random, 1, 2) }, () => producerOf(random)),
    weather: happens(random, 0.5) ? calm : { lostRequests: 15, lostAnswers: 15 },
    workers: peers ? 2 : wholeBetween(random, 1, 2),
    outputs: peers ? 2 : wholeBetween(random, 1, 2),
    batch: wholeBetween(random, 1, 4),
    aborts: oneOf(random, [0, 20]),
    // One that comes in another's place would begin to read its peer anew.
    crashes: peers ? 0 : wholeBetween(random, 0, 1),
    zombies: peers ? 0 : wholeBetween(random, 0, 1),
    peers,
  };
}

function producerOf(random: Random): ProducerOptions {
  return {
    lanes: wholeBetween(random, 1, 3),
    ordered: true,
    perLane: wholeBetween(random, 8, 16),
    route: inRoute,
    pauseMs: [0.5, wholeBetween(random, 3, 10)],
    retries: false,
    delayed: 0,
    expiring: 0,
  };
}

class TransactionModel {
  readonly #world: ModelWorld;
  readonly #options: TransactionModelOptions;
  readonly #course: Course;
  readonly #broker: TxBroker;
  readonly #workers: { readonly identity: number; readonly worker: TxWorker }[] = [];
  #transactions = 0;

  constructor(world: ModelWorld, options: TransactionModelOptions) {
    this.#world = world;
    this.#options = options;
    this.#course = new Course(world);
    this.#broker = new TxBroker(world, options.workers, options.outputs);
  }

  play(): ModelHistory {
    const { producers, weather, workers, outputs } = this.#options;
    const network = this.#world.network('producers', calm);
    const sending = producers.map((of) => new Producer(this.#world, network, this.#broker, of));
    for (let identity = 0; identity < workers; identity += 1) this.#join(identity);
    const scopes = Array.from({ length: outputs }, (_, index) => workers + index);
    const readers = this.#world.network('readers', weather);
    const reader = new TxReader(this.#world, readers, this.#broker, readersGroup, scopes);
    this.#planTroubles();
    this.#course.run({
      isLoaded: () => sending.every(({ isDone }) => isDone),
      isDrained: () => this.#isRead() && reader.isAtEnd,
      afterDrain: () => {
        this.#course.drained(workersGroup);
        this.#course.drained(readersGroup);
        if (this.#options.peers) this.#course.drained(peersGroup);
      },
    });
    return this.#history();
  }

  #join(identity: number): void {
    const { weather, workers, outputs, batch, aborts, peers } = this.#options;
    const worker = new TxWorker({
      world: this.#world,
      network: this.#world.network(`worker ${this.#workers.length}`, weather),
      broker: this.#broker,
      group: workersGroup,
      identity,
      from: identity,
      to: peers
        ? [workers + identity]
        : Array.from({ length: outputs }, (_, index) => workers + index),
      peer: peers ? workers + 1 - identity : -1,
      peerGroup: peersGroup,
      route: outRoute,
      batch,
      aborts,
      ids: () => {
        this.#transactions += 1;
        return this.#transactions;
      },
      onGone: () => this.#join(identity),
    });
    this.#workers.push({ identity, worker });
  }

  #planTroubles(): void {
    const { crashes, zombies } = this.#options;
    const random = this.#world.random('troubles');
    const some = (
      times: number,
      act: (of: { identity: number; worker: TxWorker }) => void,
    ): void => {
      for (let time = 0; time < times; time += 1) {
        this.#world.agenda.at(between(random, 15, 90) * ms, () => {
          const of = this.#workers[random.below(this.#workers.length)];
          if (of !== undefined) act(of);
        });
      }
    };
    some(crashes, ({ identity, worker }) => {
      worker.crash();
      this.#world.agenda.after(between(random, 5, 60) * ms, () => this.#join(identity));
    });
    some(zombies, ({ identity, worker }) => {
      worker.stall(between(random, 20, 80) * ms);
      this.#join(identity);
    });
  }

  #isRead(): boolean {
    const isCommitted = this.#broker.partitions
      .slice(0, this.#options.workers)
      .every(({ scope, next }) => this.#broker.committedOf(scope) >= next);
    return isCommitted && this.#workers.every(({ worker }) => worker.isIdle);
  }

  #history(): ModelHistory {
    const { peers } = this.#options;
    return {
      facts: {
        ...plainFacts,
        groups: peers ? [fromStart, fromStart, fromStart] : [fromStart, fromStart],
        routes: [
          { groups: [workersGroup], mandatory: false },
          { groups: peers ? [readersGroup, peersGroup] : [readersGroup], mandatory: false },
        ],
        placed: true,
        assignments: true,
        offsets: true,
        transactions: 'read-committed',
        bounds: modelBounds,
      },
      lanes: this.#world.lanes,
      events: this.#world.events,
      claim: { level: 'exactly-once', promises: ['read-committed'] },
      mayShow: ['D12'],
    };
  }
}
