import type { Mark, Simulation } from '../../engines/simulation.ts';
import type { CheckId } from '../core/anomalies.ts';
import type { FaultDomain } from '../core/clauses.ts';
import { type Accusation, type JudgedSeed, judgeSeed } from './judged-seed.ts';
import type { SeedPlan } from './seed-plan.ts';
import { shrink, type Shrunk } from './shrink.ts';

export interface SimulateOptions extends Omit<SeedPlan, 'seed'> {
  readonly firstSeed: number;
  readonly seeds: number;
}

export interface Violation {
  readonly seed: number;
  readonly profile: string;
  readonly accusation: Accusation;
}

/** A history that should have been judged, and why its judgement is worth nothing. */
export interface Doubt {
  readonly seed: number;
  readonly because: string;
}

/** What was seen where nothing was claimed. */
export interface Unclaimed {
  readonly profile: string;
  /** The faults that befell it and that the profile does not claim to bear. */
  readonly beyond: readonly FaultDomain[];
  readonly seeds: number;
  /** How many of these seeds showed each anomaly: what the weaker promise costs. */
  readonly shown: Readonly<Partial<Record<CheckId, number>>>;
}

export interface SimulateReport {
  readonly seeds: number;
  /** Whether every kind of fault was played. */
  readonly faults: 'all' | 'some';
  readonly events: number;
  /** Of the worlds, from one appointment to the next. */
  readonly steps: number;
  /** That were sent, each counted once. */
  readonly messages: number;
  /** Seeds whose profile claims something under the faults that befell them. */
  readonly judged: number;
  readonly violations: readonly Violation[];
  readonly doubts: readonly Doubt[];
  /** The first violation in as few parts as it takes; none where parts were left out from the start. */
  readonly smallest: Shrunk | undefined;
  /** How many seeds saw each mark. */
  readonly marks: Readonly<Partial<Record<Mark, number>>>;
  readonly unclaimed: readonly Unclaimed[];
}

/** What a report takes of one seed: plain data, which another thread can hand over. */
export interface SeedSummary
  extends Pick<JudgedSeed, 'events' | 'steps' | 'messages' | 'isClaimed' | 'shown' | 'accusation'> {
  readonly seed: number;
  readonly profile: string;
  readonly beyond: readonly FaultDomain[];
  readonly marks: readonly Mark[];
  /** Why its judgement is worth nothing; undefined: it is worth something. */
  readonly because: string | undefined;
}

/** Plays and judges one seed after the other. */
export function* playSeeds(
  simulation: Simulation,
  { firstSeed, seeds, ...plan }: SimulateOptions,
): Generator<SeedSummary> {
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const { events, steps, messages, isClaimed, shown, accusation, ...judged } = judgeSeed(
      simulation,
      { ...plan, seed },
    );
    const { profile, faults, claimedUnder } = judged.played;
    yield {
      seed,
      profile,
      events,
      steps,
      messages,
      isClaimed,
      shown,
      accusation,
      beyond: faults.filter((fault) => !claimedUnder.includes(fault)),
      marks: [...judged.marks],
      because: judged.irregularities[0],
    };
  }
}

/** Sums up seeds, which come in their order, whoever played them. */
export class Tally {
  readonly #simulation: Simulation;
  readonly #options: SimulateOptions;
  readonly #marks: Map<Mark, number>;
  readonly #violations: Violation[] = [];
  readonly #doubts: Doubt[] = [];
  readonly #unclaimed = new Map<string, Unclaimed>();
  #events = 0;
  #steps = 0;
  #messages = 0;
  #judged = 0;

  constructor(simulation: Simulation, options: SimulateOptions) {
    this.#simulation = simulation;
    this.#options = options;
    this.#marks = new Map(simulation.marks.map((mark) => [mark, 0]));
  }

  add(one: SeedSummary): void {
    const { seed, profile, accusation, because } = one;
    this.#events += one.events;
    this.#steps += one.steps;
    this.#messages += one.messages;
    for (const mark of one.marks) this.#marks.set(mark, (this.#marks.get(mark) ?? 0) + 1);
    if (!one.isClaimed) addUnclaimed(this.#unclaimed, one);
    else this.#judged += 1;
    if (accusation !== undefined) this.#violations.push({ seed, profile, accusation });
    else if (because !== undefined) this.#doubts.push({ seed, because });
  }

  /** Once, after the last seed: the first violation is shrunk here. */
  report(): SimulateReport {
    const { firstSeed: _, seeds, ...plan } = this.#options;
    const [first] = this.#violations;
    const isWhole = plan.only === undefined && plan.messages === undefined;
    return {
      seeds,
      faults: plan.faults === undefined ? 'all' : 'some',
      events: this.#events,
      steps: this.#steps,
      messages: this.#messages,
      judged: this.#judged,
      violations: this.#violations,
      doubts: this.#doubts,
      smallest:
        first !== undefined && isWhole
          ? shrink(this.#simulation, { ...plan, seed: first.seed }, first.accusation)
          : undefined,
      marks: Object.fromEntries(this.#marks),
      unclaimed: [...this.#unclaimed.values()],
    };
  }
}

/** Plays seeds in this thread and judges each history by what its profile claims under its faults. */
export function simulate(simulation: Simulation, options: SimulateOptions): SimulateReport {
  const tally = new Tally(simulation, options);
  for (const one of playSeeds(simulation, options)) tally.add(one);
  return tally.report();
}

function addUnclaimed(
  to: Map<string, Unclaimed>,
  { profile, beyond, shown }: Pick<SeedSummary, 'profile' | 'beyond' | 'shown'>,
): void {
  const key = `${profile}: ${beyond.join(' ')}`;
  const known = to.get(key) ?? { profile, beyond, seeds: 0, shown: {} };
  const counts = { ...known.shown };
  for (const id of shown) counts[id] = (counts[id] ?? 0) + 1;
  to.set(key, { ...known, seeds: known.seeds + 1, shown: counts });
}
