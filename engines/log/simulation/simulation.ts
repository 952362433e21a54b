import type { FaultDomain } from '../../../harness/core/clauses.ts';
import {
  type CellFacts,
  defaultBounds,
  plainFacts,
  plainGroup,
} from '../../../harness/core/facts.ts';
import type { Random } from '../../../harness/core/random.ts';
import type { FsyncPolicy } from '../../embedded/journal/journal.ts';
import { logRules } from '../../embedded/rules.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { writeCreateTopic } from '../../embedded/protocol/log-messages.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { SimulatedNode } from '../../embedded/simulation/node.ts';
import type { Played, Simulation, SimulatedWorld } from '../../simulation.ts';
import { profiles } from '../profiles.ts';
import { SimulatedMember } from './member.ts';
import { type ProducerPlan, SimulatedProducer } from './producer.ts';

type ProfileName = keyof typeof profiles;
const names = [
  'acks-0',
  'acks-1',
  'acks-all',
  'idempotent',
] as const satisfies readonly ProfileName[];

const partitionsMost = 3;

/** The embedded log on one node, as `engines/log` runs it, with everything that may befall it. */
export const simulation: Simulation = {
  marks: [
    'a producer sent a batch again',
    'a commit was refused',
    'the broker was killed',
    'the machine lost its power',
    'recovery cut off a torn tail',
    'a consumer died',
    'a producer died',
    'a consumer stood still',
    'a member was removed from its group',
    'a rebalance while the broker was down',
  ],
  never: ['G4', 'D7', 'D9'],
  rules: logRules,
  play: (world) => new LogPlay(world).play(),
};

class LogPlay {
  readonly #world: SimulatedWorld;
  readonly #random: Random;
  readonly #profile: ProfileName;
  readonly #fsync: FsyncPolicy;
  readonly #node: SimulatedNode;
  readonly #partitions: number;
  readonly #committed: readonly Map<number, number>[];
  readonly #faults = new Set<FaultDomain>(['none']);
  readonly #producers: SimulatedProducer[] = [];
  readonly #members: SimulatedMember[] = [];
  #topic = 0;

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#random = world.random('plan');
    this.#profile = this.#oneOf(names);
    this.#fsync = this.#oneOf<FsyncPolicy>([
      { kind: 'never' },
      { kind: 'interval', everyMs: 20 },
      { kind: 'every-batch' },
    ]);
    this.#partitions = this.#between(1, partitionsMost);
    this.#committed = Array.from({ length: this.#between(1, 2) }, () => new Map());
    this.#node = new SimulatedNode(world, {
      kind: 'log',
      fsync: this.#fsync,
      rebalanceTimeoutMs: 40,
      maxInFlight: 1000,
    });
  }

  play(): Played {
    this.#node.start();
    this.#createTopic();
    // The topic is there before anything can go wrong.
    this.#world.agenda.after(100e6, () => this.#begin());
    this.#world.run({
      isLoaded: () => this.#producers.length > 0 && this.#producers.every(({ isDone }) => isDone),
      isDrained: () => this.#isDrained(),
      afterDrain: () => {
        for (const group of this.#committed.keys()) this.#world.drained(group);
      },
    });
    const { level, promises, claimedUnder } = profiles[this.#profile];
    const bears: readonly FaultDomain[] =
      this.#fsync.kind === 'every-batch' ? [...claimedUnder, 'power-loss'] : claimedUnder;
    return {
      facts: this.#facts(),
      profile: `${this.#profile}, fsync ${this.#fsync.kind}`,
      level,
      promises,
      faults: [...this.#faults],
      claimedUnder: bears,
    };
  }

  #createTopic(): void {
    const request = { name: 't', partitions: this.#partitions, replicas: 1, minInSync: 1 };
    this.#node.tell(
      Api.createTopic,
      writeCreateTopic(new ByteWriter(), request).finish(),
      (body) => {
        this.#topic = body.u32();
      },
    );
  }

  #begin(): void {
    this.#node.settle();
    const { acks, idempotent, maxInFlight } = profiles[this.#profile].options;
    const trouble = { cuts: this.#oneOf([0, 0, 5, 20]) };
    if (trouble.cuts > 0) this.#faults.add('connection-loss');
    const plan: ProducerPlan = {
      topic: this.#topic,
      partitions: this.#partitions,
      acks,
      idempotent,
      maxInFlight,
      lanes: this.#between(1, 4),
      perLane: this.#between(10, 30),
      pauseMs: [0.2, this.#between(1, 8)],
      batch: this.#between(1, 4),
      trouble,
    };
    for (let producer = this.#between(1, 2); producer > 0; producer -= 1) {
      this.#producers.push(new SimulatedProducer(this.#world, this.#node, plan));
    }
    this.#committed.forEach((_, group) => {
      for (let member = this.#between(1, 3); member > 0; member -= 1) this.#join(group, trouble);
    });
    this.#planCrashes(trouble);
    this.#planDowntime();
  }

  #join(group: number, trouble: { readonly cuts: number }): void {
    const committed = this.#committed[group];
    if (committed === undefined) return;
    const isAfter = profiles[this.#profile].consumption === 'settle-after-processing';
    const member = new SimulatedMember(this.#world, this.#node, {
      group,
      topic: this.#topic,
      settles: isAfter ? 'after-processing' : 'before-processing',
      processMs: [0.05, this.#oneOf([0.2, 1, 3, 8])],
      fetch: this.#between(1, 8),
      trouble,
      committed,
    });
    this.#members.push(member);
  }

  #planCrashes(trouble: { readonly cuts: number }): void {
    if (this.#happens(0.4)) {
      this.#faults.add('client-crash');
      this.#sometime(() => {
        const at = this.#random.below(this.#members.length);
        this.#members[at]?.crash();
        this.#world.mark('a consumer died');
        if (!this.#node.isUp) this.#world.mark('a rebalance while the broker was down');
        // Every group keeps a member.
        for (const group of this.#committed.keys()) this.#join(group, trouble);
      });
    }
    for (let comers = this.#between(0, 4); comers > 0; comers -= 1) {
      this.#sometime(() => this.#join(this.#random.below(this.#committed.length), trouble));
    }
    for (let stalls = this.#oneOf([0, 1, 6]); stalls > 0; stalls -= 1) {
      this.#sometime(() => {
        const at = this.#random.below(this.#members.length);
        this.#members[at]?.stall(this.#between(20, 300) * 1e6);
        this.#world.mark('a consumer stood still');
      });
    }
    if (this.#happens(0.2)) {
      this.#faults.add('client-crash');
      this.#sometime(() => {
        this.#producers[0]?.crash();
        this.#world.mark('a producer died');
      });
    }
  }

  #planDowntime(): void {
    const what = this.#oneOf(['nothing', 'process', 'power'] as const);
    if (what === 'nothing') return;
    this.#faults.add(what === 'process' ? 'process-crash' : 'power-loss');
    const downNs = this.#between(5, 200) * 1e6;
    const start = (): void => {
      if (what === 'process') this.#node.kill();
      else this.#node.losePower();
      this.#world.mark(what === 'process' ? 'the broker was killed' : 'the machine lost its power');
    };
    this.#sometime(() => this.#world.fault(start, downNs, () => this.#node.start()));
  }

  #sometime(act: () => void): void {
    this.#world.agenda.after(this.#between(5, 150) * 1e6, act);
  }

  #isDrained(): boolean {
    if (!this.#node.isUp) return false;
    const ends = this.#node.ask(Api.endOffsets, new ByteWriter().u32(this.#topic).finish());
    const count = ends.u16();
    for (let partition = 0; partition < count; partition += 1) {
      const end = ends.u64();
      const isRead = this.#committed.every((committed) => (committed.get(partition) ?? 0) >= end);
      if (!isRead) return false;
    }
    return this.#members.every(({ isIdle }) => isIdle);
  }

  #facts(): CellFacts {
    return {
      ...plainFacts,
      groups: this.#committed.map(() => ({ ...plainGroup, reset: 'earliest' as const })),
      consumption: profiles[this.#profile].consumption,
      placed: true,
      assignments: true,
      offsets: true,
      bounds: { ...defaultBounds, stallMs: 2_000, recoveryMs: 2_000, orphanMs: 2_000 },
    };
  }

  #between(low: number, high: number): number {
    return low + this.#random.below(high - low + 1);
  }

  #happens(probability: number): boolean {
    return this.#random.unit() < probability;
  }

  #oneOf<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.#random.below(choices.length)] ?? choices[0];
  }
}
