import type { FsyncPolicy } from '../../embedded/journal/journal.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { writeFilter } from '../../embedded/protocol/message-filter.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { writeAttributes } from '../../embedded/protocol/queue-attributes.ts';
import type { ClockSkew } from '../../embedded/simulation/clock.ts';
import { Dice } from '../../embedded/simulation/dice.ts';
import { SimulatedNode } from '../../embedded/simulation/node.ts';
import { bearsAlso, someFsync, Troubles } from '../../embedded/simulation/troubles.ts';
import type { Played, SimulatedWorld } from '../../simulation.ts';
import { profiles } from '../profiles.ts';
import { planClientTroubles } from './client-troubles.ts';
import { SimulatedConsumer } from './consumer.ts';
import { Ledger } from './ledger.ts';
import { attributesIn, plainManner } from './manner.ts';
import { type ClientTerms, consumerPlan, leaseMs, producerPlan } from './plans.ts';
import { SimulatedProducer } from './producer.ts';
import { filters, laneRoutes, topicFacts } from './topic.ts';
import { TopicWatch } from './topic-watch.ts';

const declaringMs = 200;
const { lease: profile } = profiles;

/** A topic whose queues take different parts of what is sent to it, and whoever uses them. */
export class FanOutPlay {
  readonly #world: SimulatedWorld;
  readonly #dice: Dice;
  readonly #fsync: FsyncPolicy;
  readonly #skew: ClockSkew;
  readonly #node: SimulatedNode;
  readonly #troubles: Troubles;
  readonly #ledger: Ledger;
  readonly #producers: SimulatedProducer[] = [];
  readonly #consumers: SimulatedConsumer[] = [];
  readonly #watch: TopicWatch;
  #topic = 0;
  /** By group. */
  readonly #queues: number[] = [];

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#dice = new Dice(world.random('plan'));
    this.#troubles = new Troubles(world);
    this.#skew = this.#troubles.ofClocks();
    this.#fsync = someFsync(this.#dice);
    this.#watch = new TopicWatch(world);
    this.#node = new SimulatedNode(world, {
      kind: 'queue',
      fsync: this.#fsync,
      rebalanceTimeoutMs: 1,
      maxInFlight: 1000,
      skew: this.#skew,
      largestEntryBytes: 1_000,
    });
    this.#ledger = new Ledger(world, plainManner, this.#skew, this.#node, () => true);
  }

  play(): Played {
    this.#node.start();
    this.#declare();
    // Everything is declared before anything can go wrong.
    this.#world.agenda.after(declaringMs * 1e6, () => this.#begin());
    this.#world.run({
      facts: topicFacts(Math.ceil(leaseMs * this.#skew.drift)),
      isLoaded: () => this.#producers.length > 0 && this.#producers.every(({ isDone }) => isDone),
      isDrained: () => this.#isDrained(),
      afterDrain: () => {
        this.#watch.drained();
        for (const group of filters.keys()) this.#world.drained(group);
      },
    });
    return {
      profile: `lease, a topic, fsync ${this.#fsync.kind}`,
      level: profile.level,
      promises: ['routing'],
      faults: [...this.#troubles.faults],
      claimedUnder: bearsAlso(profile.claimedUnder, this.#fsync),
    };
  }

  /** The topic, then one queue after the other with its filter; each answer begins the next. */
  #declare(): void {
    const attributes = attributesIn(plainManner, undefined);
    const topic = new ByteWriter().text('topic').finish();
    this.#node.tell(Api.createFanOut, topic, (created) => {
      this.#topic = created.u32();
      for (const [group, filter] of filters.entries()) {
        const queue = writeAttributes(new ByteWriter().text(`q${group}`), attributes).finish();
        this.#node.tell(Api.createQueue, queue, (answer) => {
          const id = answer.u32();
          this.#queues[group] = id;
          const to = new ByteWriter().u32(this.#topic).u32(id);
          this.#node.tell(Api.attachQueue, writeFilter(to, filter).finish(), () => {});
        });
      }
    });
  }

  #begin(): void {
    const { drift } = this.#skew;
    const terms: ClientTerms = {
      manner: plainManner,
      ledger: this.#ledger,
      trouble: this.#troubles.ofConnections(),
      certainMs: Math.floor(leaseMs / (1 + drift)),
      drift,
    };
    const producers = this.#dice.between(1, 2);
    for (let producer = 1; producer <= producers; producer += 1) {
      const plan = producerPlan(terms, this.#topic, this.#world, this.#dice);
      const lanes = plan.lanes.flatMap(() => this.#dice.anyOf(laneRoutes) ?? []);
      if (producer > 1 && !this.#world.plans(`producer ${producer}`)) continue;
      this.#producers.push(new SimulatedProducer(this.#world, this.#node, { ...plan, lanes }));
    }
    for (const group of filters.keys()) {
      this.#join(terms, group, this.#dice);
      const isShared = this.#dice.happens(0.3);
      if (isShared && this.#world.plans(`a second consumer of queue ${group}`)) {
        this.#join(terms, group, this.#dice);
      }
    }
    planClientTroubles({
      world: this.#world,
      troubles: this.#troubles,
      consumers: this.#consumers,
      producers: this.#producers,
      join: (victim, dice) => this.#join(terms, victim?.group ?? 0, dice),
    });
    this.#troubles.outages(this.#node, this.#dice.oneOf([Api.send, Api.receive, Api.remove]));
  }

  #join(terms: ClientTerms, group: number, dice: Dice): void {
    const plan = consumerPlan(terms, this.#queues[group] ?? 0, dice);
    const reads = 'a queue of a topic';
    this.#consumers.push(
      new SimulatedConsumer(this.#world, this.#node, { ...plan, group, reads, topic: this.#watch }),
    );
  }

  #isDrained(): boolean {
    if (!this.#node.isUp || !this.#queues.every((queue) => this.#isEmpty(queue))) return false;
    return this.#consumers.every(({ isIdle }) => isIdle);
  }

  #isEmpty(queue: number): boolean {
    const depth = this.#node.ask(Api.depth, new ByteWriter().u32(queue).finish());
    return depth.u64() === 0 && depth.u64() === 0;
  }
}
