import type { Mark, Played, Simulation, Wrong } from '../../engines/simulation.ts';
import { type CheckId, checkIds, familyOf, rootsOf } from '../core/anomalies.ts';
import { obligedBy } from '../core/clauses.ts';
import { invariant } from '../core/errors.ts';
import { Judging, type Seen } from './judged.ts';
import type { SeedPlan } from './seed-plan.ts';
import { EngineWorld } from './simulated-world.ts';

/** What a claim forbids and a history shows, what the play saw beside it, or that it never came to an end. */
export type Accusation =
  | { readonly kind: 'shown'; readonly found: readonly Finding[] }
  | { readonly kind: 'told'; readonly wrongs: readonly Wrong[] }
  | { readonly kind: 'stuck'; readonly because: string };

export interface Finding {
  readonly check: CheckId;
  /** How often. */
  readonly count: number;
}

export interface JudgedSeed {
  readonly played: Played;
  readonly events: number;
  /** Of the world, from one appointment to the next. */
  readonly steps: number;
  /** That were sent, each counted once. */
  readonly messages: number;
  readonly marks: ReadonlySet<Mark>;
  /** The parts of its plan, played or left out. */
  readonly parts: readonly string[];
  /** Whether its profile claims anything under the faults that befell it. */
  readonly isClaimed: boolean;
  /** Whatever was seen, claimed or not. */
  readonly shown: readonly CheckId[];
  readonly accusation: Accusation | undefined;
  /** What makes its judgement worth nothing where it accuses nobody: a check that broke, above all. */
  readonly irregularities: readonly string[];
}

/** Plays one history and judges it by what its profile claims under its faults. */
export function judgeSeed(simulation: Simulation, plan: SeedPlan): JudgedSeed {
  let judging: Judging | undefined;
  const world = new EngineWorld(plan, (facts) => {
    judging = new Judging(facts);
    return judging;
  });
  const played = simulation.play(world);
  for (const mark of world.marks) {
    if (!simulation.marks.includes(mark)) {
      throw new Error(`seed ${plan.seed}: “${mark}” is none of the marks of its simulation`);
    }
  }
  invariant(judging !== undefined, `seed ${plan.seed} was never run`);
  const { faults, claimedUnder } = played;
  const { marks, parts, history } = world;
  const seen = judging.finish();
  const isClaimed = faults.every((fault) => claimedUnder.includes(fault));
  return {
    played,
    events: history.events,
    steps: world.agenda.steps,
    messages: seen.counts.sent,
    marks,
    parts,
    isClaimed,
    shown: seen.found,
    accusation: isClaimed ? accusationOf(seen, world, played, simulation.never) : undefined,
    irregularities: seen.irregularities,
  };
}

function accusationOf(
  { found, results, isDrained }: Seen,
  world: EngineWorld,
  { level, promises }: Played,
  never: readonly CheckId[],
): Accusation | undefined {
  const obliged = obligedBy(level, promises, { effects: 'unrecorded' });
  const forbidden = found.filter((id) => {
    // Of a history that was cut short nobody knows whether it would have come to its end.
    if (world.isEndless && familyOf(id) === 'liveness') return false;
    return never.includes(id) || obliged.some(({ check }) => check === id);
  });
  if (forbidden.length > 0) {
    const roots = new Set(rootsOf(forbidden));
    const shown = results.flatMap((result) =>
      result.status === 'decided' && roots.has(result.check)
        ? [{ check: result.check, count: result.count }]
        : [],
    );
    const place = ({ check }: Finding): number => checkIds.indexOf(check);
    return { kind: 'shown', found: shown.toSorted((a, b) => place(a) - place(b)) };
  }
  if (world.wrongs.size > 0) return { kind: 'told', wrongs: [...world.wrongs] };
  if (world.isEndless) {
    return {
      kind: 'stuck',
      because: `it went on and on, and was ended at ${world.history.events} events`,
    };
  }
  return isDrained ? undefined : { kind: 'stuck', because: 'a group was never drained' };
}
