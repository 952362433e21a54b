import { type CellFacts, plainFacts, plainGroup } from '../../core/facts.ts';
import type { Random } from '../../core/random.ts';
import { Producer } from '../clients/producer.ts';
import { Coordinator } from '../log/coordinator.ts';
import { LogBroker } from '../log/log-broker.ts';
import { LogConsumer } from '../log/log-consumer.ts';
import type { LogGroup } from '../log/log-group.ts';
import { planSplit } from '../log/splits.ts';
import { FullReader } from '../log/readers.ts';
import { between, ms } from '../../core/chance.ts';
import { Course } from '../../simulate/world/course.ts';
import { Sink } from '../../simulate/world/sink.ts';
import type { Defect } from '../../simulate/world/defect.ts';
import { ModelWorld } from './model-world.ts';
import { type LogModelOptions, logOptionsOf } from './log-options.ts';
import { bringTroubles } from './troubles.ts';
import { modelBounds } from './model.ts';
import type { Claim, ModelHistory } from '../../simulate/played.ts';

/** A partitioned log with groups of consumers, and what may befall them. */
export function playLog(
  seed: number,
  defect: string,
  tuned: (options: LogModelOptions) => LogModelOptions = (options) => options,
): ModelHistory {
  const options = tuned(logOptionsOf(seed));
  return new LogModel(new ModelWorld(seed, defect), options).play();
}

class LogModel {
  readonly #world: ModelWorld;
  readonly #options: LogModelOptions;
  readonly #broker: LogBroker;
  readonly #course: Course;
  readonly #sinks: readonly Sink[];
  readonly #random: Random;
  readonly #producers: Producer[] = [];
  readonly #groups: LogGroup[] = [];
  readonly #consumers: LogConsumer[] = [];

  constructor(world: ModelWorld, options: LogModelOptions) {
    this.#world = world;
    this.#options = options;
    this.#broker = new LogBroker(world, options.log);
    this.#course = new Course(world);
    const sinks = options.sink ? options.groups : 0;
    this.#sinks = Array.from({ length: sinks }, (_, number) => new Sink(world, number));
    this.#random = world.random('crash of the broker');
  }

  play(): ModelHistory {
    const { groups, members, troubles } = this.#options;
    const network = this.#world.network('producers', this.#options.producerWeather);
    network.dependOn(
      () => this.#broker.isUp,
      () => this.#broker.isSilent,
    );
    for (const producer of this.#options.producers) {
      this.#producers.push(new Producer(this.#world, network, this.#broker, producer));
    }
    for (let group = 0; group < groups; group += 1) {
      this.#groups.push(this.#newGroup(group));
      for (let member = 0; member < members; member += 1) this.#join(group);
    }
    bringTroubles(this.#world, troubles, {
      consumers: this.#consumers,
      producers: this.#producers,
      replace: ({ who }) => this.#join(who.group),
      stall: (member, forNs) => member.stall(forNs),
    });
    this.#planBrokerCrash();
    if (this.#options.isSplit) planSplit(this.#world, this.#broker, this.#groups);
    this.#course.run({
      isLoaded: () => this.#producers.every(({ isDone }) => isDone),
      isDrained: () => this.#isDrained(),
      afterDrain: () => this.#afterDrain(),
    });
    return this.#history();
  }

  #newGroup(group: number): LogGroup {
    const { isEager, batch, processMs, hasty, recordsReads } = this.#options;
    const { recordsAssignments, isPlaceless } = this.#options;
    const scopes = this.#broker.partitions.map(({ scope }) => scope);
    const network = this.#world.network(`group ${group}`, this.#options.consumerWeather);
    network.dependOn(
      () => this.#broker.isUp,
      () => this.#broker.isSilent,
    );
    return {
      world: this.#world,
      network,
      broker: this.#broker,
      coordinator: new Coordinator(this.#world, scopes, isEager),
      options: {
        group,
        batch,
        processMs,
        pollMs: 2,
        hasty,
        recordsReads,
        recordsAssignments,
        isPlaceless,
        sink: this.#sinks[group],
      },
    };
  }

  #join(group: number): void {
    const of = this.#groups[group];
    if (of !== undefined) this.#consumers.push(new LogConsumer(of));
  }

  #planBrokerCrash(): void {
    const { brokerCrash, producers } = this.#options;
    if (brokerCrash === 'never') return;
    const ends = new Set(
      this.#producers.map(({ firstLane }, index) => {
        const { perLane = 0 } = producers[index] ?? {};
        const seq = brokerCrash === 'in the middle' ? Math.floor(perLane / 2) : perLane - 1;
        return `${firstLane}:${seq}`;
      }),
    );
    const tail = tailLostWithCrash(this.#world.defect);
    this.#broker.crashAfterAnswer(
      ({ lane, seq }) => ends.has(`${lane}:${seq}`),
      () => {
        const downNs = between(this.#random, 50, 400) * ms;
        const crash = (): void => this.#broker.crash(tail);
        this.#course.fault(crash, downNs, () => this.#broker.recover());
      },
    );
  }

  #isDrained(): boolean {
    const isRead = this.#groups.every(({ coordinator }) =>
      this.#broker.partitions.every(({ scope, end }) => coordinator.committedOf(scope) >= end),
    );
    return isRead && this.#consumers.every(({ isIdle }) => isIdle);
  }

  #afterDrain(): void {
    const { groups, replicas, readBack } = this.#options;
    const { defect } = this.#world;
    for (let group = 0; group < groups; group += 1) this.#course.drained(group);
    for (let node = 0; node < replicas; node += 1) {
      const isBehind = node > 0 && defect.is('node-lacks-tail');
      new FullReader(this.#world, this.#broker, groups + node).readAll(
        ({ end }, { offset }) => !isBehind || offset < end - 3,
      );
      this.#course.drained(groups + node);
    }
    if (readBack) {
      const isCut = defect.is('tail-gone-after-all');
      new FullReader(this.#world, this.#broker, groups + replicas).readAll(
        ({ end }, { offset }) => !isCut || offset < end - 3,
      );
      this.#course.drained(groups + replicas);
    }
    for (const sink of this.#sinks) sink.readBack(this.#world.newActor());
  }

  #history(): ModelHistory {
    const { lanes, events } = this.#world;
    const { log, producerWeather, troubles, producers } = this.#options;
    const mayRepeat = !log.idempotent && producers.some(({ retries }) => retries);
    const mayLose = troubles.producerCrashes > 0 || producers.some(({ retries }) => !retries);
    const hasTrouble = producerWeather.lostAnswers > 0 || this.#options.brokerCrash !== 'never';
    return {
      facts: factsOf(this.#options),
      lanes,
      events,
      claim: claimOf(this.#options),
      mayShow: [
        ...(mayRepeat && hasTrouble ? (['D4'] as const) : []),
        ...(mayLose ? (['D12'] as const) : []),
      ],
    };
  }
}

/** Entries a partition that go with a crash although they were answered. */
function tailLostWithCrash(defect: Defect): number {
  if (defect.is('never-syncs')) return Number.POSITIVE_INFINITY;
  // More than are on their way at a time: those were not answered yet, and are sent again.
  return defect.is('crash-cuts-durable-tail') ? 12 : 0;
}

function factsOf({
  groups,
  replicas,
  readBack,
  sink,
  bounds,
  recordsAssignments,
  isPlaceless,
}: LogModelOptions): CellFacts {
  return {
    ...plainFacts,
    groups: [
      ...Array.from({ length: groups }, () => ({ ...plainGroup, reset: 'earliest' as const })),
      ...Array.from({ length: replicas }, (_, node) => ({
        role: 'replica' as const,
        node: `node ${node}`,
      })),
      ...(readBack ? [{ role: 'read-back' as const }] : []),
    ],
    placed: !isPlaceless,
    oneOrder: isPlaceless,
    assignments: recordsAssignments,
    offsets: true,
    sinks: sink ? Array.from({ length: groups }, (_, number) => ({ name: `sink ${number}` })) : [],
    bounds: { ...modelBounds, ...bounds },
  };
}

/** A log keeps each partition's order; what it does about retries and effects is the options'. */
function claimOf({ log, sink }: LogModelOptions): Claim {
  const order = ['per-key-order', 'per-partition-order', 'real-time-order'] as const;
  if (!log.idempotent) return { level: 'at-least-once', promises: order };
  return {
    level: sink ? 'exactly-once' : 'at-least-once',
    promises: ['idempotent-produce', ...order],
  };
}
