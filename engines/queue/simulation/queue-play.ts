import { type CellFacts, defaultBounds } from '../../../harness/core/facts.ts';
import type { FsyncPolicy } from '../../embedded/journal/journal.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { type QueueAttributes, writeAttributes } from '../../embedded/protocol/queue-attributes.ts';
import type { ClockSkew } from '../../embedded/simulation/clock.ts';
import { Dice } from '../../embedded/simulation/dice.ts';
import { SimulatedNode } from '../../embedded/simulation/node.ts';
import {
  bearsAlso,
  outageMsMost,
  someFsync,
  Troubles,
} from '../../embedded/simulation/troubles.ts';
import type { ConnectionTrouble, Played, SimulatedWorld } from '../../simulation.ts';
import { deadLetterAttributesOf } from '../attributes.ts';
import { profiles } from '../profiles.ts';
import { planClientTroubles } from './client-troubles.ts';
import { type ConsumerPlan, SimulatedConsumer } from './consumer.ts';
import { factsOf, Group, type PlayedTimes } from './facts.ts';
import { Ledger } from './ledger.ts';
import {
  attributesIn,
  delayMsMost,
  mannerInWords,
  type QueueManner,
  someManner,
} from './manner.ts';
import {
  type ClientTerms,
  consumerPlan,
  deadLetterReaderPlan,
  isLeased,
  leaseMs,
  producerPlan,
} from './plans.ts';
import { SimulatedProducer } from './producer.ts';
import { redrive } from './redriving.ts';

/** Where messages do not stay for ever, consumers may come late for them, and some for what should be gone. */
const latestMs = [100, 300, 700] as const;
/** Whose answers an outage may take. */
const outageApis = [Api.send, Api.send, Api.receive, Api.remove, Api.redrive] as const;
const lookEveryNs = 10e6;
const redriveLatestMs = 400;
/** From the start of the broker to its first request, and a send on its way. */
const onTheWayMs = 50;

/** Producers and consumers of one queue and its dead letters, with everything that may befall them. */
export class QueuePlay {
  readonly #world: SimulatedWorld;
  readonly #dice: Dice;
  readonly #manner: QueueManner;
  readonly #ledger: Ledger;
  readonly #fsync: FsyncPolicy;
  readonly #skew: ClockSkew;
  readonly #node: SimulatedNode;
  readonly #troubles: Troubles;
  readonly #producers: SimulatedProducer[] = [];
  readonly #consumers: SimulatedConsumer[] = [];
  #queue = 0;
  #deadLetterQueue = 0;

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#dice = new Dice(world.random('plan'));
    this.#troubles = new Troubles(world);
    this.#skew = this.#troubles.ofClocks();
    this.#manner = someManner(this.#dice, new Dice(world.random('habits')));
    const isWhole = (): boolean => !this.#troubles.faults.has('power-loss');
    this.#fsync = someFsync(this.#dice);
    this.#node = new SimulatedNode(world, {
      kind: 'queue',
      fsync: this.#fsync,
      rebalanceTimeoutMs: 1,
      maxInFlight: 1000,
      skew: this.#skew,
      largestEntryBytes: 1_000,
    });
    this.#ledger = new Ledger(world, this.#manner, this.#skew, this.#node, isWhole);
  }

  play(): Played {
    this.#node.start();
    this.#createQueues();
    // The queue is there before anything can go wrong.
    this.#world.agenda.after(100e6, () => this.#begin());
    this.#world.run({
      facts: this.#facts(),
      isLoaded: () => this.#producers.length > 0 && this.#producers.every(({ isDone }) => isDone),
      isDrained: () => this.#isDrained(),
      afterDrain: () => {
        this.#ledger.writeExcuses();
        this.#world.drained(Group.main);
        if (this.#manner.maxReceives > 0) this.#world.drained(Group.deadLetters);
      },
    });
    const { level, promises, claimedUnder } = profiles[this.#manner.profile];
    return {
      profile: `${mannerInWords(this.#manner)}, fsync ${this.#fsync.kind}`,
      level,
      promises: this.#manner.maxReceives > 0 ? [...promises, 'dead-letter'] : promises,
      faults: [...this.#troubles.faults],
      claimedUnder: bearsAlso(claimedUnder, this.#fsync),
    };
  }

  #facts(): CellFacts {
    const { profile, maxReceives } = this.#manner;
    return factsOf({
      consumption: profiles[profile].consumption,
      isLeased: isLeased(this.#manner),
      isFifo: profile === 'fifo',
      maxReceives,
      times: this.#times,
    });
  }

  get #times(): PlayedTimes {
    const { delayMs, ownDelayMs, retentionMs } = this.#manner;
    const longestMs = Math.max(leaseMs, delayMsMost, retentionMs);
    const offMs = Math.ceil(longestMs * this.#skew.drift);
    return {
      areMessagesTimed: delayMs + ownDelayMs + retentionMs > 0,
      skewMs: defaultBounds.skewMs + offMs,
      // While the broker is down, or its disk has no room, nothing gets older.
      expiryGraceMs: offMs + this.#troubles.outagesMost * (outageMsMost + onTheWayMs),
    };
  }

  #createQueues(): void {
    const { profile, maxReceives } = this.#manner;
    if (maxReceives === 0) {
      return this.#create('q', attributesIn(this.#manner, undefined), (id) => {
        this.#queue = id;
      });
    }
    const { options } = profiles[profile];
    this.#create('dead letters', deadLetterAttributesOf(options), (dead) => {
      this.#deadLetterQueue = dead;
      this.#create('q', attributesIn(this.#manner, dead), (id) => {
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
    const terms = this.#termsWith(trouble);
    const producers = this.#dice.between(1, 2);
    const consumers = this.#dice.between(1, 3);
    for (let producer = 1; producer <= producers; producer += 1) {
      const plan = producerPlan(terms, this.#queue, this.#world, this.#dice);
      if (producer > 1 && !this.#world.plans(`producer ${producer}`)) continue;
      this.#producers.push(new SimulatedProducer(this.#world, this.#node, plan));
    }
    for (let consumer = 1; consumer <= consumers; consumer += 1) {
      const plan = consumerPlan(terms, this.#queue, this.#dice);
      if (consumer > 1 && !this.#world.plans(`consumer ${consumer}`)) continue;
      this.#world.agenda.after(this.#lateMs(consumer) * 1e6, () => this.#join(plan));
    }
    if (this.#manner.retentionMs > 0) this.#lookAgain();
    if (this.#manner.maxReceives > 0) {
      const reader = deadLetterReaderPlan(terms, this.#deadLetterQueue);
      // Dead letters wait for whoever looks at them some day.
      const latestMs = this.#manner.retentionMs === 0 ? 250 : redriveLatestMs;
      this.#world.agenda.after(this.#dice.between(0, latestMs) * 1e6, () => this.#join(reader));
      const chance = this.#manner.retentionMs === 0 ? 0.5 : 0.9;
      this.#troubles.perhaps(chance, 'none', 'dead letters are redriven', (dice) =>
        this.#redrive(dice),
      );
    }
    this.#planTroubles(terms);
    this.#troubles.outages(this.#node, this.#dice.oneOf(outageApis));
  }

  #termsWith(trouble: ConnectionTrouble): ClientTerms {
    const certainMs = Math.floor(leaseMs / (1 + this.#skew.drift));
    const { drift } = this.#skew;
    return { manner: this.#manner, ledger: this.#ledger, trouble, certainMs, drift };
  }

  /** Whoever comes at once sees hardly anything go. */
  #lateMs(consumer: number): number {
    if (this.#manner.retentionMs === 0) return 0;
    const dice = new Dice(this.#world.random(`lateness of consumer ${consumer}`));
    return dice.between(0, dice.oneOf(latestMs));
  }

  #redrive(dice: Dice): void {
    const request = { from: this.#deadLetterQueue, to: this.#queue, most: dice.between(1, 5) };
    // Where messages do not stay for ever, long enough that they would have to go if nobody moved them.
    const afterMs = this.#manner.retentionMs === 0 ? 0 : dice.between(0, redriveLatestMs);
    this.#world.agenda.after(afterMs * 1e6, () => {
      redrive(this.#world, this.#node, this.#ledger, request);
    });
  }

  #lookAgain(): void {
    this.#world.agenda.after(lookEveryNs, () => {
      if (this.#node.isUp) this.#ledger.look(this.#depths());
      this.#lookAgain();
    });
  }

  #join(plan: ConsumerPlan): void {
    this.#consumers.push(new SimulatedConsumer(this.#world, this.#node, plan));
  }

  #planTroubles(terms: ClientTerms): void {
    planClientTroubles({
      world: this.#world,
      troubles: this.#troubles,
      consumers: this.#consumers,
      producers: this.#producers,
      join: (victim, dice) => {
        const wasReader = victim?.group === Group.deadLetters;
        this.#join(
          wasReader
            ? deadLetterReaderPlan(terms, this.#deadLetterQueue)
            : consumerPlan(terms, this.#queue, dice),
        );
      },
    });
  }

  #isDrained(): boolean {
    if (!this.#node.isUp || this.#depths() > 0) return false;
    return this.#consumers.every(({ isIdle }) => isIdle);
  }

  /** Of the queue and its dead letters. */
  #depths(): number {
    const dead = this.#manner.maxReceives > 0 ? this.#depth(this.#deadLetterQueue) : 0;
    return this.#depth(this.#queue) + dead;
  }

  #depth(queue: number): number {
    const depth = this.#node.ask(Api.depth, new ByteWriter().u32(queue).finish());
    return depth.u64() + depth.u64();
  }
}
