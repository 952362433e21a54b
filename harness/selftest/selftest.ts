import { checkModules } from '../check/catalog.ts';
import type { CheckId } from '../core/anomalies.ts';
import { models } from './models/catalog.ts';
import { pendingMutants, uncoveredChecks } from './mutants/catalog.ts';
import { idsOf, type Mutant, type PendingMutant } from './mutants/mutant.ts';
import { firstOccasion, whyFlagged, whySurvived } from './trial.ts';

export interface SelftestOptions {
  readonly without: CheckId | undefined;
  readonly mutants: readonly Mutant[];
  readonly seed: number;
  readonly histories: number;
}

export interface Survivor {
  readonly mutant: string;
  readonly seed: number;
  readonly found: string;
}

/** A healthy history that was accused. */
export interface FalseFlag {
  readonly model: string;
  readonly seed: number;
  readonly found: string;
}

export interface Score {
  readonly perCheck: readonly {
    readonly check: CheckId;
    readonly killed: number;
    readonly total: number;
  }[];
  readonly killed: number;
  readonly total: number;
  readonly survivors: readonly Survivor[];
  readonly pending: readonly PendingMutant[];
  readonly uncovered: readonly CheckId[];
  readonly flagged: readonly FalseFlag[];
  readonly without: CheckId | undefined;
  readonly histories: number;
}

export function runSelftest(options: SelftestOptions): Score {
  const checks = checkModules.filter(({ id }) => id !== options.without);
  const survivors = options.mutants.flatMap((mutant) => {
    const seed = firstOccasion(mutant, options.seed);
    const found = whySurvived(mutant, seed, checks);
    return found === '' ? [] : [{ mutant: mutant.id, seed, found }];
  });
  const flagged: FalseFlag[] = [];
  const each = Math.ceil(options.histories / Object.keys(models).length);
  for (const [model, play] of Object.entries(models)) {
    for (let seed = options.seed; seed < options.seed + each; seed += 1) {
      const found = whyFlagged(play(seed, 'none'), checks);
      if (found !== '') flagged.push({ model, seed, found });
    }
  }
  const survived = new Set(survivors.map(({ mutant }) => mutant));
  return {
    perCheck: perCheck(options.mutants, survived),
    killed: options.mutants.length - survivors.length,
    total: options.mutants.length,
    survivors,
    pending: pendingMutants,
    uncovered: uncoveredChecks,
    without: options.without,
    flagged,
    histories: each * Object.keys(models).length,
  };
}

/** Nothing survived and nothing was flagged; of a check that no mutant expects that would prove nothing. */
export function isClean({ survivors, flagged, without, uncovered }: Score): boolean {
  const isBlind = without !== undefined && uncovered.includes(without);
  return survivors.length === 0 && flagged.length === 0 && !isBlind;
}

function perCheck(chosen: readonly Mutant[], survived: ReadonlySet<string>): Score['perCheck'] {
  return checkModules.flatMap(({ id: check }) => {
    const of = chosen.filter((mutant) => idsOf(mutant).includes(check));
    const killed = of.filter(({ id }) => !survived.has(id)).length;
    return of.length === 0 ? [] : [{ check, killed, total: of.length }];
  });
}
