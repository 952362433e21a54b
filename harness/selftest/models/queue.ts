import { hashText } from '../../core/random.ts';
import { type CellFacts, plainFacts, plainGroup } from '../../core/facts.ts';
import { Producer } from '../clients/producer.ts';
import { LeasedQueue } from '../queue/leased-queue.ts';
import { QueueConsumer } from '../queue/queue-consumer.ts';
import type { QueueGroup } from '../queue/queue-group.ts';
import { SingleActive } from '../queue/single-active.ts';
import { between, ms } from '../../core/chance.ts';
import { Course } from '../../simulate/world/course.ts';
import { Sink } from '../../simulate/world/sink.ts';
import { ModelWorld } from './model-world.ts';
import { modelBounds } from './model.ts';
import type { Claim, ModelHistory } from '../../simulate/played.ts';
import { type QueueModelOptions, queueOptionsOf } from './queue-options.ts';
import { bringTroubles } from './troubles.ts';

/** A queue with its consumers, and the queue of its dead letters where it has one. */
export function playQueue(
  seed: number,
  defect: string,
  tuned: (options: QueueModelOptions) => QueueModelOptions = (options) => options,
): ModelHistory {
  return new QueueModel(new ModelWorld(seed, defect), tuned(queueOptionsOf(seed))).play();
}

const main = 0;
const letters = 1;

class QueueModel {
  readonly #world: ModelWorld;
  readonly #options: QueueModelOptions;
  readonly #course: Course;
  readonly #sink: Sink;
  readonly #queues: LeasedQueue[];
  readonly #groups: QueueGroup[];
  readonly #producers: Producer[] = [];
  readonly #consumers: QueueConsumer[] = [];
  #isUp = true;

  constructor(world: ModelWorld, options: QueueModelOptions) {
    this.#world = world;
    this.#options = options;
    this.#course = new Course(world);
    this.#sink = new Sink(world, 0);
    const dead =
      options.attempts > 0 && options.deadLetters ? [this.#newQueue(letters, undefined)] : [];
    this.#queues = [this.#newQueue(main, dead[0]), ...dead];
    this.#groups = this.#queues.map((queue, group) => this.#newGroup(queue, group));
  }

  play(): ModelHistory {
    const { consumers, producers, producerWeather, troubles, brokerDown, sink } = this.#options;
    const network = this.#world.network('producers', producerWeather);
    network.dependOn(() => this.#isUp);
    const [queue] = this.#queues;
    for (const producer of queue === undefined ? [] : producers) {
      this.#producers.push(new Producer(this.#world, network, queue as LeasedQueue, producer));
    }
    for (let consumer = 0; consumer < consumers; consumer += 1) this.#join(main);
    if (this.#groups.length > 1) this.#join(letters);
    bringTroubles(this.#world, troubles, {
      consumers: this.#consumers,
      producers: this.#producers,
      replace: ({ who }) => this.#join(who.group),
      stall: () => undefined,
    });
    if (brokerDown) this.#planDowntime();
    if (this.#options.purged) this.#planPurge();
    this.#course.run({
      isLoaded: () => this.#producers.every(({ isDone }) => isDone),
      isDrained: () =>
        this.#queues.every(({ isEmpty }) => isEmpty) &&
        this.#consumers.every(({ isIdle }) => isIdle),
      afterDrain: () => {
        for (const group of this.#groups.keys()) this.#course.drained(group);
        if (sink) this.#sink.readBack(this.#world.newActor());
      },
    });
    return this.#history();
  }

  #newQueue(group: number, deadLetters: LeasedQueue | undefined): LeasedQueue {
    const { leaseMs, attempts, byGroup, requeueTo } = this.#options;
    const { idempotent, isAutomatic, tellsPlaces } = this.#options;
    return new LeasedQueue(this.#world, {
      group,
      leaseMs,
      attempts: group === main ? attempts : 0,
      byGroup,
      requeueTo,
      idempotent,
      isAutomatic,
      scope: tellsPlaces ? group : -1,
      deadLetters,
    });
  }

  #newGroup(queue: LeasedQueue, group: number): QueueGroup {
    const { mode, most, leaseMs, tells, processMs, isAutomatic, isExclusive } = this.#options;
    const { requeued, rejected, slow, sink, poisonous } = this.#options;
    const network = this.#world.network(`group ${group}`, this.#options.consumerWeather);
    network.dependOn(() => this.#isUp);
    const isMain = group === main;
    return {
      world: this.#world,
      network,
      queue,
      singleActive: isExclusive && isMain ? new SingleActive(this.#world, main) : undefined,
      options: {
        group,
        mode,
        most,
        leaseMs,
        tells,
        processMs,
        isAutomatic,
        requeued,
        slow,
        rejected: isMain ? rejected : 0,
        isPoison: ({ lane, seq }) => isMain && hashText(`${lane}:${seq}`) % 1000 < poisonous,
        sink: sink && isMain ? this.#sink : undefined,
      },
    };
  }

  #join(group: number): void {
    const of = this.#groups[group];
    if (of !== undefined) this.#consumers.push(new QueueConsumer(of));
  }

  #planPurge(): void {
    const atNs = between(this.#world.random('purge'), 20, 120) * ms;
    this.#world.agenda.at(atNs, () => this.#queues[main]?.purge());
  }

  #planDowntime(): void {
    const random = this.#world.random('downtime');
    const [atNs, forNs] = [between(random, 20, 100) * ms, between(random, 20, 150) * ms];
    const set = (isUp: boolean) => (): void => {
      this.#isUp = isUp;
    };
    this.#world.agenda.at(atNs, () => this.#course.fault(set(false), forNs, set(true)));
  }

  #history(): ModelHistory {
    const { lanes, events } = this.#world;
    const { idempotent, producers, producerWeather, brokerDown, troubles } = this.#options;
    const retries = producers.some((producer) => producer.retries);
    const hasTrouble = brokerDown || producerWeather.lostAnswers > 0;
    const mayRepeat = !idempotent && retries && hasTrouble;
    const mayLose = troubles.producerCrashes > 0 || producers.some((each) => !each.retries);
    const isCrashing = this.#options.isAutomatic && troubles.crashes + troubles.closes > 0;
    return {
      facts: factsOf(this.#options),
      lanes,
      events,
      claim: claimOf(this.#options),
      mayShow: [
        ...(mayRepeat ? (['D4'] as const) : []),
        ...(mayLose ? (['D12'] as const) : []),
        ...(isCrashing ? (['D1', 'D10', 'L5'] as const) : []),
      ],
    };
  }
}

function factsOf(options: QueueModelOptions): CellFacts {
  const { attempts, leaseMs, byGroup, isExclusive, isAutomatic, tellsPlaces } = options;
  const { deadLetters, requeueTo } = options;
  const hasLetters = attempts > 0 && deadLetters;
  const deadLetter = hasLetters ? letters : -1;
  const subscription = { ...plainGroup, attempts, deadLetter, requeueTo };
  return {
    ...plainFacts,
    groups: [subscription, ...(hasLetters ? [{ role: 'dead-letter' as const, of: main }] : [])],
    consumption: isAutomatic ? 'automatic' : 'settle-after-processing',
    placed: tellsPlaces,
    leased: leaseMs > 0,
    messageGroups: byGroup,
    fifoQueue: options.isFifo,
    assignments: isExclusive,
    sinks: options.sink ? [{ name: 'sink' }] : [],
    timed: options.producers.some(({ delayed, expiring }) => delayed + expiring > 0),
    bounds: modelBounds,
  };
}

function claimOf(options: QueueModelOptions): Claim {
  const promises = [
    ...(options.idempotent ? (['idempotent-produce'] as const) : []),
    ...(options.leaseMs > 0 || options.mode === 'push' ? (['lease'] as const) : []),
    ...(options.attempts > 0 ? (['dead-letter'] as const) : []),
    ...(options.isFifo ? (['fifo-queue'] as const) : []),
    ...(options.byGroup ? (['fifo-groups', 'per-key-order'] as const) : []),
    ...(options.isExclusive ? (['exclusive', 'per-key-order'] as const) : []),
  ];
  if (options.isAutomatic) return { level: 'at-most-once', promises: [] };
  const isOnce = options.sink && options.idempotent;
  return { level: isOnce ? 'exactly-once' : 'at-least-once', promises };
}
