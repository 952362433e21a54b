import { plainQueue, type QueueSpec } from '../../embedded/broker/queue-spec.ts';
import type { FsyncPolicy } from '../../embedded/journal/journal.ts';
import {
  writeBindingSpec,
  writeExchangeSpec,
  writeQueueSpec,
} from '../../embedded/protocol/broker-specs.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { brokerRules } from '../../embedded/rules.ts';
import { Dice } from '../../embedded/simulation/dice.ts';
import { SimulatedNode } from '../../embedded/simulation/node.ts';
import { bearsAlso, someFsync, Troubles } from '../../embedded/simulation/troubles.ts';
import type { ConnectionTrouble, Played, Simulation, SimulatedWorld } from '../../simulation.ts';
import { profiles } from '../profiles.ts';
import { type ConsumerPlan, SimulatedConsumer } from './consumer.ts';
import { type ProducerPlan, SimulatedProducer } from './producer.ts';
import { bindingsOfQueues, deadLetterGroup, factsOf, mainGroup, routes } from './topology.ts';

const names = [
  'auto-ack',
  'manual-ack',
  'manual-ack',
  'transient',
] as const satisfies readonly (keyof typeof profiles)[];
/** Of a hundred messages. */
const poison = 4;

/** The embedded broker on one node, with queues that get different parts of what is published. */
export const simulation: Simulation = {
  marks: [
    'a message was sent again',
    'a message came back to its sender',
    'a message was given back',
    'a message was rejected',
    'a dead letter was read',
    'the broker was killed',
    'the machine lost its power',
    'recovery cut off a torn tail',
    'recovery began with a checkpoint',
    'a full disk refused a request',
    'a consumer died',
    'a consumer stood still',
    'a producer died',
  ],
  never: ['D7', 'D9', 'R2', 'R3', 'R4', 'Q3', 'Q4', 'O11', 'V7', 'V8'],
  rules: brokerRules,
  play: (world) => new BrokerPlay(world).play(),
};

class BrokerPlay {
  readonly #world: SimulatedWorld;
  readonly #dice: Dice;
  readonly #name: (typeof names)[number];
  readonly #fsync: FsyncPolicy;
  readonly #node: SimulatedNode;
  readonly #troubles: Troubles;
  readonly #producers: SimulatedProducer[] = [];
  readonly #consumers: SimulatedConsumer[] = [];
  /** Of the first queue; 0: there are no dead letters. */
  readonly #deliveryLimit: number;
  #exchange = 0;
  /** By group, that of the dead letters last. */
  readonly #queues: number[] = [];

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#dice = new Dice(world.random('plan'));
    this.#troubles = new Troubles(world);
    this.#name = this.#dice.oneOf(names);
    this.#deliveryLimit = this.#name === 'manual-ack' ? this.#dice.oneOf([0, 2, 4]) : 0;
    // Twice as often, because only there a power loss shows an answer that came too early.
    this.#fsync = this.#dice.happens(0.5) ? { kind: 'every-batch' } : someFsync(this.#dice);
    this.#node = new SimulatedNode(world, {
      kind: 'broker',
      fsync: this.#fsync,
      rebalanceTimeoutMs: 1,
      maxInFlight: 1000,
    });
  }

  play(): Played {
    this.#node.start();
    this.#declare();
    // Everything is declared before anything can go wrong.
    this.#world.agenda.after(200e6, () => this.#begin());
    this.#world.run({
      isLoaded: () => this.#producers.length > 0 && this.#producers.every(({ isDone }) => isDone),
      isDrained: () => this.#isDrained(),
      afterDrain: () => {
        for (const group of this.#queues.keys()) this.#world.drained(group);
      },
    });
    const { level, claimedUnder, consumption } = profiles[this.#name];
    const deliveryLimit = this.#deliveryLimit;
    const dead = deliveryLimit > 0 ? `, dead letters after ${deliveryLimit}` : '';
    // At most once a copy may be lost behind the router, which no check can tell from a missing route.
    const isRouted = level === 'at-least-once';
    return {
      facts: factsOf({ consumption, deliveryLimit }),
      profile: `${this.#name}${dead}, fsync ${this.#fsync.kind}`,
      level,
      promises: isRouted
        ? ['routing', ...(deliveryLimit > 0 ? (['dead-letter'] as const) : [])]
        : [],
      faults: [...this.#troubles.faults],
      claimedUnder: bearsAlso(claimedUnder, this.#fsync),
    };
  }

  /** The exchange, then one queue after the other with its bindings; each answer begins the next. */
  #declare(): void {
    this.#declareExchange('topic', (exchange) => {
      this.#exchange = exchange;
      if (this.#deliveryLimit === 0) return this.#declareQueues(undefined);
      this.#declareExchange('fanout', (grave) => this.#declareQueues(grave));
    });
  }

  #declareExchange(kind: 'topic' | 'fanout', then: (id: number) => void): void {
    const spec = { name: kind, kind, alternate: undefined };
    const body = writeExchangeSpec(new ByteWriter(), spec).finish();
    this.#node.tell(Api.declareExchange, body, (answer) => then(answer.u32()));
  }

  #declareQueues(grave: number | undefined): void {
    for (const [group, keys] of bindingsOfQueues.entries()) {
      const dead = { deadLetterExchange: grave, deliveryLimit: this.#deliveryLimit };
      const isMain = group === mainGroup && grave !== undefined;
      const spec = { ...plainQueue, name: `q${group}`, ...(isMain ? dead : {}) };
      this.#declareQueue(group, spec, this.#exchange, keys);
    }
    if (grave === undefined) return;
    this.#declareQueue(deadLetterGroup, { ...plainQueue, name: 'dead letters' }, grave, ['']);
  }

  #declareQueue(group: number, spec: QueueSpec, exchange: number, keys: readonly string[]): void {
    const body = writeQueueSpec(new ByteWriter(), spec).finish();
    this.#node.tell(Api.declareQueue, body, (answer) => {
      const queue = answer.u32();
      this.#queues[group] = queue;
      for (const key of keys) {
        const to = new ByteWriter().u32(exchange).u32(queue);
        const binding = writeBindingSpec(to, { key, match: 'all', headers: {} });
        this.#node.tell(Api.bind, binding.finish(), () => {});
      }
    });
  }

  #begin(): void {
    const trouble = this.#troubles.ofConnections();
    const producers = this.#dice.between(1, 2);
    for (let producer = 1; producer <= producers; producer += 1) {
      const plan = this.#producerPlan(trouble);
      if (producer > 1 && !this.#world.plans(`producer ${producer}`)) continue;
      this.#producers.push(new SimulatedProducer(this.#world, this.#node, plan));
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
    this.#troubles.outage(this.#node, Api.publish);
  }

  #producerPlan(trouble: ConnectionTrouble): ProducerPlan {
    const { options } = profiles[this.#name];
    return {
      exchange: this.#exchange,
      routes: Array.from({ length: this.#dice.between(1, 4) }, () =>
        this.#dice.between(0, routes.length - 1),
      ),
      perLane: this.#world.laneLength(this.#dice.between(10, 25)),
      pauseMs: [0.2, this.#dice.between(1, 8)],
      persistent: options.persistent,
      retries: profiles[this.#name].level === 'at-least-once',
      trouble,
    };
  }

  #consumerPlan(group: number, trouble: ConnectionTrouble, dice: Dice): ConsumerPlan {
    const { consumption } = profiles[this.#name];
    const isManual = consumption === 'settle-after-processing' && group !== deadLetterGroup;
    const hasGrave = this.#deliveryLimit > 0 && group === mainGroup;
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
    this.#consumers.push(new SimulatedConsumer(this.#world, this.#node, plan));
  }

  #planTroubles(trouble: ConnectionTrouble): void {
    const { faults } = this.#troubles;
    this.#troubles.perhaps(0.4, 'a consumer dies and another comes', (dice) => {
      faults.add('client-crash');
      const victim = dice.anyOf(this.#consumers);
      victim?.crash();
      this.#world.mark('a consumer died');
      this.#join(this.#consumerPlan(victim?.group ?? mainGroup, trouble, dice));
    });
    this.#troubles.perhaps(0.3, 'a consumer stands still', (dice) => {
      dice.anyOf(this.#consumers)?.stall(dice.between(20, 300) * 1e6);
      this.#world.mark('a consumer stood still');
    });
    this.#troubles.perhaps(0.2, 'a producer dies', () => {
      faults.add('client-crash');
      this.#producers[0]?.crash();
      this.#world.mark('a producer died');
    });
  }

  #isDrained(): boolean {
    if (!this.#node.isUp || !this.#queues.every((queue) => this.#isEmpty(queue))) return false;
    return this.#consumers.every(({ isIdle }) => isIdle);
  }

  #isEmpty(queue: number): boolean {
    const depth = this.#node.ask(Api.queueDepth, new ByteWriter().u32(queue).finish());
    return depth.u64() === 0 && depth.u64() === 0;
  }
}
