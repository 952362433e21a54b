import type { FsyncPolicy } from '../../embedded/journal/journal.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { type QueueAttributes, writeAttributes } from '../../embedded/protocol/queue-attributes.ts';
import { queueRules } from '../../embedded/rules.ts';
import { Dice } from '../../embedded/simulation/dice.ts';
import { SimulatedNode } from '../../embedded/simulation/node.ts';
import { bearsAlso, someFsync, Troubles } from '../../embedded/simulation/troubles.ts';
import type { ConnectionTrouble, Played, Simulation, SimulatedWorld } from '../../simulation.ts';
import { attributesOf, deadLetterAttributesOf } from '../attributes.ts';
import { profiles } from '../profiles.ts';
import { type ConsumerPlan, SimulatedConsumer } from './consumer.ts';
import { factsOf, Group } from './facts.ts';
import { type ProducerPlan, SimulatedProducer } from './producer.ts';

const names = [
  'delete-on-receive',
  'lease',
  'fifo',
] as const satisfies readonly (keyof typeof profiles)[];
const leaseMs = 60;
/** Of a hundred messages. */
const poison = 4;

/** The embedded queue on one node, as `engines/queue` runs it, with everything that may befall it. */
export const simulation: Simulation = {
  marks: [
    'a message was sent again',
    'a receipt was refused',
    'a message was given back',
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
  never: ['D7', 'D9', 'V2', 'V4', 'V7'],
  rules: queueRules,
  play: (world) => new QueuePlay(world).play(),
};

class QueuePlay {
  readonly #world: SimulatedWorld;
  readonly #dice: Dice;
  readonly #profile: (typeof names)[number];
  readonly #fsync: FsyncPolicy;
  readonly #node: SimulatedNode;
  readonly #troubles: Troubles;
  readonly #producers: SimulatedProducer[] = [];
  readonly #consumers: SimulatedConsumer[] = [];
  /** 0: there are no dead letters. */
  readonly #maxReceives: number;
  #queue = 0;
  #deadLetterQueue = 0;

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#dice = new Dice(world.random('plan'));
    this.#troubles = new Troubles(world);
    this.#profile = this.#dice.oneOf(names);
    this.#maxReceives = this.#isLeased ? this.#dice.oneOf([0, 2, 4]) : 0;
    this.#fsync = someFsync(this.#dice);
    this.#node = new SimulatedNode(world, {
      kind: 'queue',
      fsync: this.#fsync,
      rebalanceTimeoutMs: 1,
      maxInFlight: 1000,
    });
  }

  play(): Played {
    this.#node.start();
    this.#createQueues();
    // The queue is there before anything can go wrong.
    this.#world.agenda.after(100e6, () => this.#begin());
    this.#world.run({
      isLoaded: () => this.#producers.length > 0 && this.#producers.every(({ isDone }) => isDone),
      isDrained: () => this.#isDrained(),
      afterDrain: () => {
        this.#world.drained(Group.main);
        if (this.#maxReceives > 0) this.#world.drained(Group.deadLetters);
      },
    });
    const { level, promises, claimedUnder, consumption } = profiles[this.#profile];
    const isLeased = this.#isLeased;
    const isFifo = this.#isFifo;
    const maxReceives = this.#maxReceives;
    const dead = maxReceives > 0 ? `, dead letters after ${maxReceives}` : '';
    return {
      facts: factsOf({ consumption, isLeased, isFifo, maxReceives }),
      profile: `${this.#profile}${dead}, fsync ${this.#fsync.kind}`,
      level,
      promises: maxReceives > 0 ? [...promises, 'dead-letter'] : promises,
      faults: [...this.#troubles.faults],
      claimedUnder: bearsAlso(claimedUnder, this.#fsync),
    };
  }

  #createQueues(): void {
    const { options } = profiles[this.#profile];
    if (this.#maxReceives === 0) {
      return this.#create('q', attributesOf(options, { kind: 'none' }), (id) => {
        this.#queue = id;
      });
    }
    const maxReceives = this.#maxReceives;
    this.#create('dead letters', deadLetterAttributesOf(options), (dead) => {
      this.#deadLetterQueue = dead;
      const deadLetters = { kind: 'queue', queue: dead, maxReceives } as const;
      this.#create('q', attributesOf(options, deadLetters), (id) => {
        this.#queue = id;
      });
    });
  }

  #create(name: string, attributes: QueueAttributes, then: (id: number) => void): void {
    const creation = writeAttributes(new ByteWriter().text(name), attributes).finish();
    this.#node.tell(Api.createQueue, creation, (body) => then(body.u32()));
  }

  #begin(): void {
    const trouble = this.#troubles.ofConnections();
    const producers = this.#dice.between(1, 2);
    const consumers = this.#dice.between(1, 3);
    for (let producer = 1; producer <= producers; producer += 1) {
      const plan = this.#producerPlan(trouble);
      if (producer > 1 && !this.#world.plans(`producer ${producer}`)) continue;
      this.#producers.push(new SimulatedProducer(this.#world, this.#node, plan));
    }
    for (let consumer = 1; consumer <= consumers; consumer += 1) {
      const plan = this.#consumerPlan(trouble, this.#dice);
      if (consumer > 1 && !this.#world.plans(`consumer ${consumer}`)) continue;
      this.#join(plan);
    }
    if (this.#maxReceives > 0) {
      const reader = this.#readerOfDeadLetters(trouble);
      // Dead letters wait for whoever looks at them some day.
      this.#world.agenda.after(this.#dice.between(0, 250) * 1e6, () => this.#join(reader));
    }
    this.#planTroubles(trouble);
    this.#troubles.outage(this.#node, Api.send);
  }

  get #isLeased(): boolean {
    return this.#profile !== 'delete-on-receive';
  }

  get #isFifo(): boolean {
    return this.#profile === 'fifo';
  }

  #producerPlan(trouble: ConnectionTrouble): ProducerPlan {
    return {
      queue: this.#queue,
      lanes: this.#dice.between(1, 4),
      perLane: this.#world.laneLength(this.#dice.between(10, 25)),
      pauseMs: [0.2, this.#dice.between(1, 8)],
      isFifo: this.#isFifo,
      retries: this.#isLeased,
      trouble,
    };
  }

  #consumerPlan(trouble: ConnectionTrouble, dice: Dice): ConsumerPlan {
    return {
      queue: this.#queue,
      group: Group.main,
      leaseMs: this.#isLeased ? leaseMs : 0,
      most: dice.between(1, 6),
      processMs: [0.05, dice.oneOf([0.2, 1, 3])],
      slow: dice.oneOf([0, 0, 5]),
      requeued: this.#isLeased ? dice.oneOf([0, 0, 10]) : 0,
      // Without dead letters it would go round for ever.
      poison: this.#maxReceives > 0 ? poison : 0,
      trouble,
    };
  }

  #readerOfDeadLetters(trouble: ConnectionTrouble): ConsumerPlan {
    return {
      queue: this.#deadLetterQueue,
      group: Group.deadLetters,
      leaseMs,
      most: 3,
      processMs: [0.05, 0.2],
      slow: 0,
      requeued: 0,
      poison: 0,
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
      const wasReader = victim?.group === Group.deadLetters;
      this.#join(
        wasReader ? this.#readerOfDeadLetters(trouble) : this.#consumerPlan(trouble, dice),
      );
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
    if (!this.#node.isUp || !this.#isEmpty(this.#queue)) return false;
    if (this.#maxReceives > 0 && !this.#isEmpty(this.#deadLetterQueue)) return false;
    return this.#consumers.every(({ isIdle }) => isIdle);
  }

  #isEmpty(queue: number): boolean {
    const depth = this.#node.ask(Api.depth, new ByteWriter().u32(queue).finish());
    return depth.u64() === 0 && depth.u64() === 0;
  }
}
