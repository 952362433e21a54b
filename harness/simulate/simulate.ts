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

/** Plays one seed after the other and judges each history by what its profile claims under its faults. */
export function simulate(simulation: Simulation, options: SimulateOptions): SimulateReport {
  const { firstSeed, seeds, ...kept } = options;
  const marks = new Map(simulation.marks.map((mark) => [mark, 0]));
  const violations: Violation[] = [];
  const doubts: Doubt[] = [];
  const unclaimed = new Map<string, Unclaimed>();
  let events = 0;
  let steps = 0;
  let messages = 0;
  let judged = 0;
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const one = judgeSeed(simulation, { ...kept, seed });
    events += one.events;
    steps += one.steps;
    messages += one.messages;
    for (const mark of one.marks) marks.set(mark, (marks.get(mark) ?? 0) + 1);
    if (!one.isClaimed) addUnclaimed(unclaimed, one);
    else judged += 1;
    const { profile } = one.played;
    const [because] = one.irregularities;
    if (one.accusation !== undefined)
      violations.push({ seed, profile, accusation: one.accusation });
    else if (because !== undefined) doubts.push({ seed, because });
  }
  const [first] = violations;
  const isWhole = kept.only === undefined && kept.messages === undefined;
  return {
    seeds,
    faults: kept.faults === undefined ? 'all' : 'some',
    events,
    steps,
    messages,
    judged,
    violations,
    doubts,
    smallest:
      first !== undefined && isWhole
        ? shrink(simulation, { ...kept, seed: first.seed }, first.accusation)
        : undefined,
    marks: Object.fromEntries(marks),
    unclaimed: [...unclaimed.values()],
  };
}

function addUnclaimed(to: Map<string, Unclaimed>, { played, shown }: JudgedSeed): void {
  const { profile, faults, claimedUnder } = played;
  const beyond = faults.filter((fault) => !claimedUnder.includes(fault));
  const key = `${profile}: ${beyond.join(' ')}`;
  const known = to.get(key) ?? { profile, beyond, seeds: 0, shown: {} };
  const counts = { ...known.shown };
  for (const id of shown) counts[id] = (counts[id] ?? 0) + 1;
  to.set(key, { ...known, seeds: known.seeds + 1, shown: counts });
}
