import type { FaultDomain } from '../../../harness/core/clauses.ts';
import {
  type CellFacts,
  defaultBounds,
  plainFacts,
  plainGroup,
} from '../../../harness/core/facts.ts';
import type { FsyncPolicy } from '../../embedded/journal/journal.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { queueRules } from '../../embedded/rules.ts';
import { Dice } from '../../embedded/simulation/dice.ts';
import { SimulatedNode } from '../../embedded/simulation/node.ts';
import type { Played, Simulation, SimulatedWorld } from '../../simulation.ts';
import { profiles } from '../profiles.ts';
import { SimulatedConsumer } from './consumer.ts';
import { SimulatedProducer } from './producer.ts';

const names = ['delete-on-receive', 'lease'] as const satisfies readonly (keyof typeof profiles)[];
const leaseMs = 60;

/** The embedded queue on one node, as `engines/queue` runs it, with everything that may befall it. */
export const simulation: Simulation = {
  marks: [
    'a message was sent again',
    'a receipt was refused',
    'the broker was killed',
    'the machine lost its power',
    'recovery cut off a torn tail',
    'a consumer died',
    'a consumer stood still',
    'a producer died',
  ],
  never: ['D7', 'D9'],
  rules: queueRules,
  play: (world) => new QueuePlay(world).play(),
};

class QueuePlay {
  readonly #world: SimulatedWorld;
  readonly #dice: Dice;
  readonly #profile: (typeof names)[number];
  readonly #fsync: FsyncPolicy;
  readonly #node: SimulatedNode;
  readonly #faults = new Set<FaultDomain>(['none']);
  readonly #producers: SimulatedProducer[] = [];
  readonly #consumers: SimulatedConsumer[] = [];
  #queue = 0;

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#dice = new Dice(world.random('plan'));
    this.#profile = this.#dice.oneOf(names);
    this.#fsync = this.#dice.oneOf<FsyncPolicy>([
      { kind: 'never' },
      { kind: 'interval', everyMs: 20 },
      { kind: 'every-batch' },
    ]);
    this.#node = new SimulatedNode(world, {
      kind: 'queue',
      fsync: this.#fsync,
      rebalanceTimeoutMs: 1,
      maxInFlight: 1000,
    });
  }

  play(): Played {
    this.#node.start();
    this.#node.tell(Api.createQueue, new ByteWriter().text('q').finish(), (body) => {
      this.#queue = body.u32();
    });
    // The queue is there before anything can go wrong.
    this.#world.agenda.after(100e6, () => this.#begin());
    this.#world.run({
      isLoaded: () => this.#producers.length > 0 && this.#producers.every(({ isDone }) => isDone),
      isDrained: () => this.#isDrained(),
      afterDrain: () => this.#world.drained(0),
    });
    const { level, promises, claimedUnder } = profiles[this.#profile];
    return {
      facts: this.#facts(),
      profile: `${this.#profile}, fsync ${this.#fsync.kind}`,
      level,
      promises,
      faults: [...this.#faults],
      claimedUnder:
        this.#fsync.kind === 'every-batch' ? [...claimedUnder, 'power-loss'] : claimedUnder,
    };
  }

  #begin(): void {
    this.#node.settle();
    const trouble = { cuts: this.#dice.oneOf([0, 0, 5, 20]) };
    if (trouble.cuts > 0) this.#faults.add('connection-loss');
    const { producers, consumers } = {
      producers: this.#dice.between(1, 2),
      consumers: this.#dice.between(1, 3),
    };
    for (let producer = producers; producer > 0; producer -= 1) {
      this.#producers.push(
        new SimulatedProducer(this.#world, this.#node, {
          queue: this.#queue,
          lanes: this.#dice.between(1, 4),
          perLane: this.#dice.between(10, 25),
          pauseMs: [0.2, this.#dice.between(1, 8)],
          retries: this.#isLeased,
          trouble,
        }),
      );
    }
    for (let consumer = consumers; consumer > 0; consumer -= 1) this.#join(trouble);
    this.#planTroubles(trouble);
    this.#planDowntime();
  }

  get #isLeased(): boolean {
    return this.#profile === 'lease';
  }

  #join(trouble: { readonly cuts: number }): void {
    this.#consumers.push(
      new SimulatedConsumer(this.#world, this.#node, {
        queue: this.#queue,
        leaseMs: this.#isLeased ? leaseMs : 0,
        most: this.#dice.between(1, 6),
        processMs: [0.05, this.#dice.oneOf([0.2, 1, 3])],
        slow: this.#dice.oneOf([0, 0, 5]),
        trouble,
      }),
    );
  }

  #planTroubles(trouble: { readonly cuts: number }): void {
    if (this.#dice.happens(0.4)) {
      this.#faults.add('client-crash');
      this.#sometime(() => {
        this.#dice.anyOf(this.#consumers)?.crash();
        this.#world.mark('a consumer died');
        this.#join(trouble);
      });
    }
    if (this.#dice.happens(0.3)) {
      this.#sometime(() => {
        this.#dice.anyOf(this.#consumers)?.stall(this.#dice.between(20, 300) * 1e6);
        this.#world.mark('a consumer stood still');
      });
    }
    if (this.#dice.happens(0.2)) {
      this.#faults.add('client-crash');
      this.#sometime(() => {
        this.#producers[0]?.crash();
        this.#world.mark('a producer died');
      });
    }
  }

  #planDowntime(): void {
    const what = this.#dice.oneOf(['nothing', 'process', 'power'] as const);
    if (what === 'nothing') return;
    this.#faults.add(what === 'process' ? 'process-crash' : 'power-loss');
    const downNs = this.#dice.between(5, 200) * 1e6;
    const start = (): void => {
      if (what === 'process') this.#node.kill();
      else this.#node.losePower();
      this.#world.mark(what === 'process' ? 'the broker was killed' : 'the machine lost its power');
    };
    this.#sometime(() => this.#world.fault(start, downNs, () => this.#node.start()));
  }

  #sometime(act: () => void): void {
    this.#world.agenda.after(this.#dice.between(5, 150) * 1e6, act);
  }

  #isDrained(): boolean {
    if (!this.#node.isUp) return false;
    const depth = this.#node.ask(Api.depth, new ByteWriter().u32(this.#queue).finish());
    const isEmpty = depth.u64() === 0 && depth.u64() === 0;
    return isEmpty && this.#consumers.every(({ isIdle }) => isIdle);
  }

  #facts(): CellFacts {
    return {
      ...plainFacts,
      groups: [plainGroup],
      consumption: profiles[this.#profile].consumption,
      placed: true,
      leased: this.#isLeased,
      bounds: { ...defaultBounds, leaseSlackMs: 5_000, stallMs: 2_000, recoveryMs: 2_000 },
    };
  }
}
