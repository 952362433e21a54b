import { type CellFacts, plainFacts, plainGroup } from '../../core/facts.ts';
import { Producer } from '../clients/producer.ts';
import { LeasedQueue } from '../queue/leased-queue.ts';
import { QueueConsumer } from '../queue/queue-consumer.ts';
import type { QueueGroup } from '../queue/queue-group.ts';
import { Exchange } from '../routing/exchange.ts';
import { between, ms } from '../../core/chance.ts';
import { Course } from '../../simulate/world/course.ts';
import { calm } from '../../simulate/world/network.ts';
import { ModelWorld } from './model-world.ts';
import { modelBounds } from './model.ts';
import type { ModelHistory } from '../../simulate/played.ts';
import { type RouterModelOptions, routerOptionsOf } from './router-options.ts';
import { bringTroubles } from './troubles.ts';

/** An exchange that copies messages into queues by their keys, and consumers of those queues. */
export function playRouter(
  seed: number,
  defect: string,
  tuned: (options: RouterModelOptions) => RouterModelOptions = (options) => options,
): ModelHistory {
  return new RouterModel(new ModelWorld(seed, defect), tuned(routerOptionsOf(seed))).play();
}

class RouterModel {
  readonly #world: ModelWorld;
  readonly #options: RouterModelOptions;
  readonly #course: Course;
  readonly #queues: readonly LeasedQueue[];
  readonly #groups: readonly QueueGroup[];
  readonly #exchange: Exchange;
  readonly #producers: Producer[] = [];
  readonly #consumers: QueueConsumer[] = [];
  readonly #facts: CellFacts;

  constructor(world: ModelWorld, options: RouterModelOptions) {
    this.#world = world;
    this.#options = options;
    this.#course = new Course(world);
    this.#queues = options.queues.map((_, group) => this.#newQueue(group));
    this.#groups = this.#queues.map((queue, group) => this.#newGroup(queue, group));
    const bound = options.queues.flatMap((of, group) => {
      const queue = this.#queues[group];
      return queue === undefined ? [] : [{ ...of, queue }];
    });
    this.#exchange = new Exchange(world, options.routes, bound);
    this.#facts = {
      ...plainFacts,
      groups: options.queues.map(({ isFiltered }) => ({ ...plainGroup, filtered: isFiltered })),
      routes: options.routes.map((route) => ({
        groups: this.#exchange.targetsOf(route),
        mandatory: route.mandatory,
      })),
      attributes: true,
      bounds: modelBounds,
    };
  }

  play(): ModelHistory {
    const { producers, producerWeather, consumers, troubles, rebindings } = this.#options;
    const network = this.#world.network('producers', producerWeather);
    for (const producer of producers) {
      this.#producers.push(new Producer(this.#world, network, this.#exchange, producer));
    }
    for (const group of this.#groups.keys()) {
      for (let consumer = 0; consumer < consumers; consumer += 1) this.#join(group);
    }
    bringTroubles(this.#world, troubles, {
      consumers: this.#consumers,
      producers: this.#producers,
      replace: ({ who }) => this.#join(who.group),
      stall: () => undefined,
    });
    for (let time = 0; time < rebindings; time += 1) this.#planRebinding(time);
    this.#course.run({
      isLoaded: () => this.#producers.every(({ isDone }) => isDone),
      isDrained: () =>
        this.#queues.every(({ isEmpty }) => isEmpty) &&
        this.#consumers.every(({ isIdle }) => isIdle),
      afterDrain: () => {
        for (const group of this.#groups.keys()) this.#course.drained(group);
      },
    });
    return this.#history();
  }

  #newQueue(group: number): LeasedQueue {
    return new LeasedQueue(this.#world, {
      group,
      leaseMs: 0,
      attempts: 0,
      byGroup: false,
      requeueTo: 'original',
      idempotent: false,
      isAutomatic: false,
      scope: -1,
      deadLetters: undefined,
    });
  }

  #newGroup(queue: LeasedQueue, group: number): QueueGroup {
    const { most, tells, requeued } = this.#options;
    return {
      world: this.#world,
      network: this.#world.network(`group ${group}`, calm),
      queue,
      singleActive: undefined,
      options: {
        group,
        mode: 'push',
        most,
        leaseMs: 0,
        tells,
        processMs: [0.1, 1],
        isAutomatic: false,
        requeued,
        rejected: 0,
        slow: 0,
        isPoison: () => false,
        sink: undefined,
      },
    };
  }

  #join(group: number): void {
    const of = this.#groups[group];
    if (of !== undefined) this.#consumers.push(new QueueConsumer(of));
  }

  #planRebinding(time: number): void {
    const random = this.#world.random(`rebinding ${time}`);
    const group = time % this.#queues.length;
    const atNs = between(random, 10, 60) * ms;
    this.#world.agenda.at(atNs, () => this.#exchange.rebind(group, false));
    const backNs = atNs + between(random, 10, 40) * ms;
    this.#world.agenda.at(backNs, () => this.#exchange.rebind(group, true));
  }

  #history(): ModelHistory {
    const { producers, producerWeather, troubles } = this.#options;
    const retries = producers.some((producer) => producer.retries);
    const mayLose = troubles.producerCrashes > 0 || !retries;
    return {
      facts: this.#facts,
      lanes: this.#world.lanes,
      events: this.#world.events,
      claim: { level: 'at-least-once', promises: ['routing'] },
      mayShow: [
        ...(retries && producerWeather.lostAnswers > 0 ? (['D4'] as const) : []),
        ...(mayLose ? (['D12'] as const) : []),
      ],
    };
  }
}
