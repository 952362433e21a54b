import { type FaultDomain, faultDomains } from '../../../harness/core/clauses.ts';
import {
  type CellFacts,
  defaultBounds,
  plainFacts,
  plainGroup,
} from '../../../harness/core/facts.ts';
import type { Isolation } from '../../embedded/log/partition.ts';
import { keepEverything } from '../../embedded/log/topic-policy.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { writeCreateTopic, writeEndOffsets } from '../../embedded/protocol/topic-messages.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import type { Dice } from '../../embedded/simulation/dice.ts';
import type { SimulatedBroker } from '../../embedded/simulation/serving.ts';
import type { Troubles } from '../../embedded/simulation/troubles.ts';
import type { ConnectionTrouble, Played, SimulatedWorld } from '../../simulation.ts';
import { profiles } from '../profiles.ts';
import type { LogSetting } from './log-setting.ts';
import { OlderMessages } from './older-messages.ts';
import { OutputReader } from './output-reader.ts';
import { SimulatedProducer } from './producer.ts';
import { SimulatedTransformer } from './transformer.ts';
import type { TransformerPlan } from './transformer-plan.ts';

/** What it is played on, and what is promised there. */
export interface TransactionSetting {
  readonly broker: SimulatedBroker;
  readonly title: string;
  readonly claimedUnder: readonly FaultDomain[];
  readonly troubles: Troubles;
  readonly start: () => void;
  readonly planOutages: () => void;
  readonly isWhole: () => boolean;
  readonly remembersProducers: LogSetting['remembersProducers'];
}

const topicMs = 100;
const workersGroup = 0;
const readersGroup = 1;
/** A transformer that stands still so long has been removed from its group, and has its connection yet. */
const overtakenMs = 100;
const overtakeTries = 500;
const overtakeEveryNs = 1e5;
const profile = profiles.transactional;

/** Jobs that read, transform and write in transactions, with everything that may befall them. */
export class TransactionPlay {
  readonly #world: SimulatedWorld;
  readonly #dice: Dice;
  readonly #setting: TransactionSetting;
  readonly #partitions: number;
  readonly #committed = new Map<number, number>();
  readonly #transformers: SimulatedTransformer[] = [];
  #producer: SimulatedProducer | undefined;
  #reader: OutputReader | undefined;
  #topics: readonly number[] = [];
  #transactions = 0;

  constructor(world: SimulatedWorld, dice: Dice, setting: TransactionSetting) {
    this.#world = world;
    this.#dice = dice;
    this.#setting = setting;
    this.#partitions = dice.between(1, 3);
  }

  play(): Played {
    const { title, claimedUnder, troubles } = this.#setting;
    this.#setting.start();
    this.#createTopic('in');
    this.#createTopic('out');
    // The topics are there before anything can go wrong.
    this.#world.agenda.after(topicMs * 1e6, () => this.#begin());
    this.#world.run({
      facts: this.#facts(),
      isLoaded: () => this.#producer?.isDone === true,
      isDrained: () => this.#isDrained(),
      afterDrain: () => {
        for (const group of [workersGroup, readersGroup]) this.#world.drained(group);
      },
    });
    const { level, promises } = profile;
    const faults = faultDomains.filter((fault) => troubles.faults.has(fault));
    return {
      profile: title,
      level,
      promises: [...promises.filter((one) => one !== 'per-key-order'), 'read-committed'],
      faults,
      claimedUnder,
    };
  }

  #createTopic(name: string): void {
    const wish = { partitions: this.#partitions, replicas: 1, minInSync: 1 };
    const request = { name, ...wish, policy: keepEverything };
    const body = writeCreateTopic(new ByteWriter(), request).finish();
    this.#setting.broker.tell(Api.createTopic, body, (answer) => {
      this.#topics = [...this.#topics, answer.u32()];
    });
  }

  #begin(): void {
    const [from = 0, to = 0] = this.#topics;
    const { broker, troubles } = this.#setting;
    const trouble = troubles.ofConnections();
    const { acks, idempotent, maxInFlight } = profile.options;
    this.#producer = new SimulatedProducer(this.#world, broker, {
      topic: from,
      partitions: this.#partitions,
      acks,
      idempotent,
      maxInFlight,
      lanes: this.#dice.between(1, 4),
      route: 0,
      perLane: this.#world.laneLength(this.#dice.between(10, 25)),
      pauseMs: [0.2, this.#dice.between(1, 8)],
      rest: { before: 0, ms: 0 },
      batch: [1, this.#dice.between(1, 4)],
      bulk: 1,
      older: new OlderMessages(this.#world, keepEverything, readersGroup + 1, 0),
      remembersProducers: this.#setting.remembersProducers,
      trouble,
    });
    this.#reader = new OutputReader(this.#world, broker, {
      group: readersGroup,
      topic: to,
      partitions: this.#partitions,
      firstScope: this.#partitions,
      trouble,
    });
    const slots = this.#dice.between(1, 2);
    for (let slot = 0; slot < slots; slot += 1) {
      const plan = this.#transformerPlan(slot, from, to, trouble);
      if (slot > 0 && !this.#world.plans(`transformer ${slot}`)) continue;
      this.#add(plan);
    }
    this.#planDeaths();
    this.#planOvertaking();
    this.#setting.planOutages();
  }

  #transformerPlan(
    slot: number,
    from: number,
    to: number,
    trouble: ConnectionTrouble,
  ): TransformerPlan {
    return {
      slot,
      from,
      to,
      partitions: this.#partitions,
      route: 1,
      fetch: this.#dice.between(1, 6),
      workMs: [0.05, this.#dice.oneOf([0.2, 1, 8])],
      aborts: this.#dice.oneOf([0, 5, 20]),
      timeoutMs: this.#dice.oneOf([40, 2_000]),
      trouble,
      newTransaction: () => {
        this.#transactions += 1;
        return this.#transactions;
      },
      committed: this.#committed,
    };
  }

  #add(plan: TransformerPlan): void {
    this.#transformers.push(new SimulatedTransformer(this.#world, this.#setting.broker, plan));
  }

  #planDeaths(): void {
    const { troubles } = this.#setting;
    troubles.perhaps(
      0.4,
      'client-crash',
      'a transformer dies, and another takes its place',
      (dice) => {
        const victim = dice.anyOf(this.#transformers);
        if (victim === undefined) return;
        if (victim.crash()) {
          troubles.faults.add('client-crash');
          this.#world.mark('a transformer died');
        }
        this.#add(victim.plan);
      },
    );
    for (const _ of [1, 2]) {
      troubles.perhaps(
        0.4,
        'client-crash',
        'a transformer stands still, and another takes its place',
        (dice) => {
          const zombie = dice.anyOf(this.#transformers.filter(({ isBusy }) => isBusy));
          if (zombie === undefined) return;
          // It seems to have died, so that its place is taken, and has not.
          troubles.faults.add('client-crash');
          zombie.stall(dice.oneOf([20, overtakenMs]) * 1e6);
          zombie.supersede();
          this.#world.mark('a transformer stood still in its transaction');
          this.#add(zombie.plan);
        },
      );
    }
  }

  /** Its partitions go to another while it is about to commit what it made of them. */
  #planOvertaking(): void {
    const { troubles } = this.#setting;
    troubles.perhaps(0.9, 'client-stall', 'a transformer is overtaken before it commits', () => {
      this.#overtake(overtakeTries);
    });
  }

  #overtake(tries: number): void {
    const slow = this.#transformers.find(({ isIncluding }) => isIncluding);
    if (slow === undefined) {
      if (tries > 0) this.#world.agenda.after(overtakeEveryNs, () => this.#overtake(tries - 1));
      return;
    }
    slow.stall(overtakenMs * 1e6);
    this.#world.mark('a transformer was overtaken before it committed');
  }

  #isDrained(): boolean {
    if (!this.#setting.isWhole()) return false;
    const [from = 0, to = 0] = this.#topics;
    const isConsumed = this.#ends(from, 'read-uncommitted').every(
      (end, partition) => (this.#committed.get(partition) ?? 0) >= end,
    );
    const isQuiet = this.#transformers.every(({ isIdle }) => isIdle);
    return (
      isConsumed &&
      isQuiet &&
      this.#ends(to, 'read-committed').every((end, partition) =>
        this.#reader?.hasRead(partition, end),
      )
    );
  }

  #ends(topic: number, isolation: Isolation): readonly number[] {
    const request = writeEndOffsets(new ByteWriter(), topic, isolation).finish();
    const ends = this.#setting.broker.ask(Api.endOffsets, request);
    return Array.from({ length: ends.u16() }, () => ends.u64());
  }

  #facts(): CellFacts {
    return {
      ...plainFacts,
      groups: [workersGroup, readersGroup].map(() => plainGroup),
      routes: [
        { groups: [workersGroup], mandatory: false },
        { groups: [readersGroup], mandatory: false },
      ],
      consumption: profile.consumption,
      transactions: 'read-committed',
      placed: true,
      assignments: true,
      bounds: { ...defaultBounds, stallMs: 2_000, recoveryMs: 2_000, orphanMs: 2_000 },
    };
  }
}
