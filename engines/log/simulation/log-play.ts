import { faultDomains } from '../../../harness/core/clauses.ts';
import {
  type CellFacts,
  defaultBounds,
  plainFacts,
  plainGroup,
} from '../../../harness/core/facts.ts';
import { rebalanceProtocols } from '../../embedded/log/rebalance.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { writeCreateTopic, writeEndOffsets } from '../../embedded/protocol/topic-messages.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { Dice } from '../../embedded/simulation/dice.ts';
import type { SimulatedBroker } from '../../embedded/simulation/serving.ts';
import type { Troubles } from '../../embedded/simulation/troubles.ts';
import type { ConnectionTrouble, Played, SimulatedWorld } from '../../simulation.ts';
import { profiles } from '../profiles.ts';
import {
  type ClientsInPlay,
  planDeaths,
  planLatecomer,
  planStalls,
  workMostMs,
} from './client-troubles.ts';
import type { LogSetting } from './log-setting.ts';
import type { MemberPlan } from './member-plan.ts';
import { SimulatedMember } from './member.ts';
import { OlderMessages, policyInWords, somePolicy } from './older-messages.ts';
import { growTopic } from './operator.ts';
import { type ProducerPlan, SimulatedProducer } from './producer.ts';

const partitionsMost = 3;
const topicMs = 100;
/** Where messages go after a time, some of the consumers come late for them. */
const lateMsMost = 300;
/** Long enough for an outage, and for a checkpoint before. */
const restMsMost = 300;

type Manners = Pick<MemberPlan, 'protocol' | 'sessionTimeoutMs'> & { readonly isStatic: boolean };

/** Producers and groups of consumers at an embedded log, with everything that may befall them. */
export class LogPlay {
  readonly #world: SimulatedWorld;
  readonly #dice: Dice;
  readonly #setting: LogSetting;
  readonly #troubles: Troubles;
  readonly #partitions: number;
  readonly #committed: readonly Map<number, number>[];
  /** How the members of each group live together. */
  readonly #manners: readonly Manners[];
  #instances = 0;
  readonly #producers: SimulatedProducer[] = [];
  readonly #members: SimulatedMember[] = [];
  readonly #older: OlderMessages;
  #topic = 0;
  #isOneComing = false;

  /** @param dice for the plan of the play, with which its setting was chosen, too */
  constructor(world: SimulatedWorld, dice: Dice, setting: LogSetting) {
    this.#world = world;
    this.#dice = dice;
    this.#setting = setting;
    this.#troubles = setting.troubles;
    this.#partitions = this.#dice.between(1, partitionsMost);
    this.#committed = Array.from({ length: this.#dice.between(1, 2) }, () => new Map());
    const manners = new Dice(world.random('manners'));
    this.#manners = this.#committed.map(() => ({
      protocol: manners.oneOf(rebalanceProtocols),
      sessionTimeoutMs: manners.oneOf([60, 150]),
      isStatic: manners.oneOf([true, false]),
    }));
    const policy = somePolicy(new Dice(world.random('older messages')));
    const { apartMs } = setting.broker.skew;
    this.#older = new OlderMessages(world, policy, this.#committed.length, apartMs);
    world.lengthen(setting.bulk);
  }

  play(): Played {
    const { profile, title, claimedUnder, startMs } = this.#setting;
    this.#setting.start();
    this.#world.agenda.after(startMs * 1e6, () => this.#createTopic());
    // The topic is there before anything can go wrong.
    this.#world.agenda.after((startMs + topicMs) * 1e6, () => this.#begin());
    this.#world.run({
      facts: this.#facts(),
      isLoaded: () => this.#isLoaded,
      isDrained: () => this.#isDrained(),
      afterDrain: () => {
        this.#older.writeExcuses();
        for (const group of this.#committed.keys()) this.#world.drained(group);
      },
    });
    const { level, promises } = profiles[profile];
    const faults = faultDomains.filter((fault) => this.#troubles.faults.has(fault));
    const batches = this.#setting.bulk > 1 ? `, ${this.#setting.bulk} at a time` : '';
    const named = `${title}${policyInWords(this.#older.policy)}${batches}`;
    return { profile: named, level, promises, faults, claimedUnder };
  }

  get #isLoaded(): boolean {
    if (this.#producers.length === 0 || this.#isOneComing) return false;
    return this.#producers.every(({ isDone }) => isDone);
  }

  get #broker(): SimulatedBroker {
    return this.#setting.broker;
  }

  #createTopic(): void {
    const wish = { partitions: this.#partitions, replicas: 1, minInSync: 1 };
    const request = { name: 't', ...wish, policy: this.#older.policy };
    this.#broker.tell(
      Api.createTopic,
      writeCreateTopic(new ByteWriter(), request).finish(),
      (body) => {
        this.#topic = body.u32();
      },
    );
  }

  #begin(): void {
    if (this.#topic === 0) throw new Error('the topic was not created in time');
    const trouble = this.#troubles.ofConnections();
    const plan = this.#producerPlan(trouble);
    const producers = this.#dice.between(1, 2);
    for (let producer = 1; producer <= producers; producer += 1) {
      if (producer > 1 && !this.#world.plans(`producer ${producer}`)) continue;
      this.#producers.push(new SimulatedProducer(this.#world, this.#broker, plan));
    }
    this.#committed.forEach((_, group) => {
      const members = this.#dice.between(1, 3);
      for (let member = 1; member <= members; member += 1) {
        const memberPlan = this.#memberPlan(group, trouble, this.#dice);
        if (member > 1 && !this.#world.plans(`member ${member} of group ${group}`)) continue;
        this.#world.agenda.after(this.#lateMs(group) * 1e6, () => this.#join(memberPlan));
      }
    });
    const clients = this.#clients(trouble);
    this.#isOneComing = planLatecomer(clients, () => {
      this.#isOneComing = false;
      this.#producers.push(new SimulatedProducer(this.#world, this.#broker, plan));
    });
    planDeaths(clients, this.#dice.between(0, 4));
    planStalls(clients, this.#dice.oneOf([0, 1, 6]), this.#settles);
    this.#setting.planOutages();
    this.#troubles.perhaps(0.3, 'none', 'the topic gets more partitions', (dice) => {
      const partitions = this.#partitions + dice.between(1, partitionsMost);
      growTopic(this.#world, this.#broker, trouble, { topic: this.#topic, partitions });
    });
  }

  #clients(trouble: ConnectionTrouble): ClientsInPlay {
    return {
      world: this.#world,
      broker: this.#broker,
      troubles: this.#troubles,
      groups: this.#committed.length,
      members: this.#members,
      producers: this.#producers,
      join: (group, dice, instance) => {
        this.#join(this.#memberPlan(group, trouble, dice, instance));
      },
    };
  }

  /** Whoever comes at once sees hardly anything go. */
  #lateMs(group: number): number {
    if (this.#older.policy.cleanup.kind === 'keep') return 0;
    return new Dice(this.#world.random(`lateness of group ${group}`)).between(0, lateMsMost);
  }

  #producerPlan(trouble: ConnectionTrouble): ProducerPlan {
    const { acks, idempotent, maxInFlight } = profiles[this.#setting.profile].options;
    const bulk = this.#setting.bulk;
    return {
      topic: this.#topic,
      partitions: this.#partitions,
      acks,
      idempotent,
      maxInFlight,
      lanes: this.#dice.between(1, 4),
      route: -1,
      perLane: this.#world.laneLength(this.#dice.between(10, 30) * bulk),
      pauseMs: [0.2, this.#dice.between(1, 8)],
      rest: {
        before: this.#dice.between(3, 8) * bulk,
        ms: this.#dice.oneOf([0, 100, restMsMost]),
      },
      batch: bulk > 1 ? [bulk, bulk] : [1, this.#dice.between(1, 4)],
      bulk,
      older: this.#older,
      remembersProducers: this.#setting.remembersProducers,
      trouble,
    };
  }

  /** @param instance of the static member that it succeeds */
  #memberPlan(
    group: number,
    trouble: ConnectionTrouble,
    dice: Dice,
    instance = this.#newInstance(group),
  ): MemberPlan {
    const { protocol = 'eager', sessionTimeoutMs = 60 } = this.#manners[group] ?? {};
    return {
      group,
      topic: this.#topic,
      protocol,
      sessionTimeoutMs,
      instance,
      settles: this.#settles,
      processMs: [0.05, dice.oneOf([0.2, 1, 3, workMostMs])],
      fetch: dice.between(1, 8) * this.#setting.bulk,
      bulk: this.#setting.bulk,
      older: this.#older,
      trouble,
      committed: this.#committed[group] ?? new Map(),
    };
  }

  #newInstance(group: number): string | undefined {
    this.#instances += 1;
    return this.#manners[group]?.isStatic === true ? `instance ${this.#instances}` : undefined;
  }

  get #settles(): MemberPlan['settles'] {
    const isAfter = profiles[this.#setting.profile].consumption === 'settle-after-processing';
    return isAfter ? 'after-processing' : 'before-processing';
  }

  #join(plan: MemberPlan): void {
    this.#members.push(new SimulatedMember(this.#world, this.#broker, plan));
  }

  #isDrained(): boolean {
    if (!this.#setting.isWhole()) return false;
    const request = writeEndOffsets(new ByteWriter(), this.#topic, 'read-uncommitted').finish();
    const ends = this.#broker.ask(Api.endOffsets, request);
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
      consumption: profiles[this.#setting.profile].consumption,
      placed: true,
      assignments: true,
      offsets: true,
      bounds: { ...defaultBounds, stallMs: 2_000, recoveryMs: 2_000, orphanMs: 2_000 },
    };
  }
}
