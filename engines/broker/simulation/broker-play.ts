import { type FaultDomain, faultDomains } from '../../../harness/core/clauses.ts';
import { plainQueue, type QueueSpec } from '../../embedded/broker/queue-spec.ts';
import {
  writeBindingSpec,
  writeExchangeSpec,
  writeQueueSpec,
} from '../../embedded/protocol/broker-specs.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import type { Dice } from '../../embedded/simulation/dice.ts';
import type { SimulatedBroker } from '../../embedded/simulation/serving.ts';
import type { Troubles } from '../../embedded/simulation/troubles.ts';
import type { ConnectionTrouble, Mark, Played, SimulatedWorld } from '../../simulation.ts';
import { profiles } from '../profiles.ts';
import { type ConsumerPlan, SimulatedConsumer } from './consumer.ts';
import { type ProducerPlan, SimulatedProducer } from './producer.ts';
import { bindingsOfQueues, deadLetterGroup, factsOf, mainGroup, routes } from './topology.ts';

export type ProfileName = keyof typeof profiles;

/** What happens to producers, consumers and their messages, on whatever the broker runs. */
export const clientMarks: readonly Mark[] = [
  'clocks disagreed',
  'a message was sent again',
  'a message came back to its sender',
  'a message was given back',
  'a message was rejected',
  'a dead letter was read',
  'a consumer died',
  'a consumer stood still',
  'a producer died',
];

/** What a broker is played on, and what is promised there. */
export interface BrokerSetting {
  readonly broker: SimulatedBroker;
  readonly profile: ProfileName;
  /** Of the first queue; 0: there are no dead letters. */
  readonly deliveryLimit: number;
  /** What else matters than the profile, as the report has it. */
  readonly title: string;
  readonly claimedUnder: readonly FaultDomain[];
  readonly troubles: Troubles;
  /** How long until the broker takes requests, when nothing goes wrong. */
  readonly startMs: number;
  readonly start: () => void;
  readonly planOutages: () => void;
  /** Everything runs, and all that is stored can be read. */
  readonly isWhole: () => boolean;
}

const declaringMs = 200;
/** Of a hundred messages. */
const poison = 4;

/** An exchange, queues that get different parts of what is published, and whoever uses them. */
export class BrokerPlay {
  readonly #world: SimulatedWorld;
  readonly #dice: Dice;
  readonly #setting: BrokerSetting;
  readonly #producers: SimulatedProducer[] = [];
  readonly #consumers: SimulatedConsumer[] = [];
  #exchange = 0;
  /** By group, that of the dead letters last. */
  readonly #queues: number[] = [];

  /** @param dice for the plan of the play, with which its setting was chosen, too */
  constructor(world: SimulatedWorld, dice: Dice, setting: BrokerSetting) {
    this.#world = world;
    this.#dice = dice;
    this.#setting = setting;
  }

  play(): Played {
    const { profile, startMs, deliveryLimit, title, claimedUnder, troubles } = this.#setting;
    this.#setting.start();
    if (startMs === 0) this.#declare();
    else this.#world.agenda.after(startMs * 1e6, () => this.#declare());
    // Everything is declared before anything can go wrong.
    this.#world.agenda.after((startMs + declaringMs) * 1e6, () => this.#begin());
    const { level, consumption } = profiles[profile];
    this.#world.run({
      facts: factsOf({ consumption, deliveryLimit }),
      isLoaded: () => this.#producers.length > 0 && this.#producers.every(({ isDone }) => isDone),
      isDrained: () => this.#isDrained(),
      afterDrain: () => {
        for (const group of this.#queues.keys()) this.#world.drained(group);
      },
    });
    const dead = deliveryLimit > 0 ? `, dead letters after ${deliveryLimit}` : '';
    // At most once a copy may be lost behind the router, which no check can tell from a missing route.
    const isRouted = level === 'at-least-once';
    return {
      profile: `${profile}${dead}, ${title}`,
      level,
      promises: isRouted
        ? ['routing', ...(deliveryLimit > 0 ? (['dead-letter'] as const) : [])]
        : [],
      faults: faultDomains.filter((fault) => troubles.faults.has(fault)),
      claimedUnder,
    };
  }

  /** The exchange, then one queue after the other with its bindings; each answer begins the next. */
  #declare(): void {
    this.#declareExchange('topic', (exchange) => {
      this.#exchange = exchange;
      if (this.#setting.deliveryLimit === 0) return this.#declareQueues(undefined);
      this.#declareExchange('fanout', (grave) => this.#declareQueues(grave));
    });
  }

  #declareExchange(kind: 'topic' | 'fanout', then: (id: number) => void): void {
    const spec = { name: kind, kind, alternate: undefined };
    const body = writeExchangeSpec(new ByteWriter(), spec).finish();
    this.#setting.broker.tell(Api.declareExchange, body, (answer) => then(answer.u32()));
  }

  get #plainQueue(): Omit<QueueSpec, 'name'> {
    return { ...plainQueue, confirms: profiles[this.#setting.profile].options.confirms };
  }

  #declareQueues(grave: number | undefined): void {
    for (const [group, keys] of bindingsOfQueues.entries()) {
      const dead = { deadLetterExchange: grave, deliveryLimit: this.#setting.deliveryLimit };
      const isMain = group === mainGroup && grave !== undefined;
      const spec = { ...this.#plainQueue, name: `q${group}`, ...(isMain ? dead : {}) };
      this.#declareQueue(group, spec, this.#exchange, keys);
    }
    if (grave === undefined) return;
    this.#declareQueue(deadLetterGroup, { ...this.#plainQueue, name: 'dead letters' }, grave, ['']);
  }

  #declareQueue(group: number, spec: QueueSpec, exchange: number, keys: readonly string[]): void {
    const body = writeQueueSpec(new ByteWriter(), spec).finish();
    this.#setting.broker.tell(Api.declareQueue, body, (answer) => {
      const queue = answer.u32();
      this.#queues[group] = queue;
      for (const key of keys) {
        const to = new ByteWriter().u32(exchange).u32(queue);
        const binding = writeBindingSpec(to, { key, match: 'all', headers: {} });
        this.#setting.broker.tell(Api.bind, binding.finish(), () => {});
      }
    });
  }

  #begin(): void {
    const trouble = this.#setting.troubles.ofConnections();
    const producers = this.#dice.between(1, 2);
    for (let producer = 1; producer <= producers; producer += 1) {
      const plan = this.#producerPlan(trouble);
      if (producer > 1 && !this.#world.plans(`producer ${producer}`)) continue;
      this.#producers.push(new SimulatedProducer(this.#world, this.#setting.broker, plan));
    }
    for (const group of this.#queues.keys()) {
      const isShared = this.#dice.happens(0.5);
      const plans = [0, 1].map(() => this.#consumerPlan(group, trouble, this.#dice));
      for (const [index, plan] of plans.entries()) {
        if (index > 0 && !(isShared && this.#world.plans(`a second consumer of queue ${group}`))) {
          continue;
        }
        this.#join(plan);
      }
    }
    this.#planTroubles(trouble);
    this.#setting.planOutages();
  }

  #producerPlan(trouble: ConnectionTrouble): ProducerPlan {
    const { options } = profiles[this.#setting.profile];
    return {
      exchange: this.#exchange,
      routes: Array.from({ length: this.#dice.between(1, 4) }, () =>
        this.#dice.between(0, routes.length - 1),
      ),
      perLane: this.#world.laneLength(this.#dice.between(10, 25)),
      pauseMs: [0.2, this.#dice.between(1, 8)],
      persistent: options.persistent,
      retries: profiles[this.#setting.profile].level === 'at-least-once',
      trouble,
    };
  }

  #consumerPlan(group: number, trouble: ConnectionTrouble, dice: Dice): ConsumerPlan {
    const { consumption } = profiles[this.#setting.profile];
    const isManual = consumption === 'settle-after-processing' && group !== deadLetterGroup;
    const hasGrave = this.#setting.deliveryLimit > 0 && group === mainGroup;
    return {
      queue: this.#queues[group] ?? 0,
      group,
      consumption,
      credit: dice.between(1, 6),
      prefetch: dice.between(1, 4),
      processMs: [0.05, dice.oneOf([0.2, 1, 3])],
      requeued: isManual ? dice.oneOf([0, 0, 10]) : 0,
      rejected: hasGrave ? dice.oneOf([0, 5]) : 0,
      // Without a limit it would go round for ever.
      poison: hasGrave ? poison : 0,
      trouble,
    };
  }

  #join(plan: ConsumerPlan): void {
    this.#consumers.push(new SimulatedConsumer(this.#world, this.#setting.broker, plan));
  }

  #planTroubles(trouble: ConnectionTrouble): void {
    const { troubles } = this.#setting;
    const { faults } = troubles;
    troubles.perhaps(0.4, 'client-crash', 'a consumer dies and another comes', (dice) => {
      const victim = dice.anyOf(this.#consumers);
      if (victim?.crash() === true) {
        faults.add('client-crash');
        this.#world.mark('a consumer died');
      }
      this.#join(this.#consumerPlan(victim?.group ?? mainGroup, trouble, dice));
    });
    troubles.perhaps(0.3, 'client-stall', 'a consumer stands still', (dice) => {
      const victim = dice.anyOf(this.#consumers);
      const isStill = victim?.stall(dice.between(20, 300) * 1e6) === true;
      if (isStill) this.#world.mark('a consumer stood still');
    });
    troubles.perhaps(0.2, 'client-crash', 'a producer dies', () => {
      if (this.#producers[0]?.crash() !== true) return;
      faults.add('client-crash');
      this.#world.mark('a producer died');
    });
  }

  #isDrained(): boolean {
    if (!this.#setting.isWhole() || !this.#queues.every((queue) => this.#isEmpty(queue)))
      return false;
    return this.#consumers.every(({ isIdle }) => isIdle);
  }

  #isEmpty(queue: number): boolean {
    const depth = this.#setting.broker.ask(Api.queueDepth, new ByteWriter().u32(queue).finish());
    return depth.u64() === 0 && depth.u64() === 0;
  }
}
