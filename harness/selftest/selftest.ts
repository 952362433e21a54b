import { checkModules } from '../check/catalog.ts';
import type { CheckId } from '../core/anomalies.ts';
import { models } from './models/catalog.ts';
import { mutants, pendingMutants, uncoveredChecks } from './mutants/catalog.ts';
import { idsOf, type Mutant } from './mutants/mutant.ts';
import { firstOccasion, whyFlagged, whySurvived } from './trial.ts';

export interface SelftestOptions {
  readonly without: CheckId | undefined;
  readonly mutant: string | undefined;
  readonly seed: number;
  readonly histories: number;
}

export interface Survivor {
  readonly mutant: string;
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
  readonly pending: readonly string[];
  readonly uncovered: readonly CheckId[];
  readonly flagged: readonly Survivor[];
  readonly histories: number;
}

export function runSelftest(options: SelftestOptions): Score {
  const checks = checkModules.filter(({ id }) => id !== options.without);
  const chosen = mutants.filter(
    ({ id }) =>
      options.mutant === undefined || id === options.mutant || id.startsWith(`${options.mutant} `),
  );
  const survivors = chosen.flatMap((mutant) => {
    const seed = firstOccasion(mutant, options.seed);
    const found = whySurvived(mutant, seed, checks);
    return found === '' ? [] : [{ mutant: mutant.id, seed, found }];
  });
  const flagged: Survivor[] = [];
  const each = Math.ceil(options.histories / Object.keys(models).length);
  for (const [model, play] of Object.entries(models)) {
    for (let seed = options.seed; seed < options.seed + each; seed += 1) {
      const found = whyFlagged(play(seed, 'none'), checks);
      if (found !== '') flagged.push({ mutant: model, seed, found });
    }
  }
  const survived = new Set(survivors.map(({ mutant }) => mutant));
  return {
    perCheck: perCheck(chosen, survived),
    killed: chosen.length - survivors.length,
    total: chosen.length,
    survivors,
    pending: pendingMutants,
    uncovered: uncoveredChecks,
    flagged,
    histories: each * Object.keys(models).length,
  };
}

function perCheck(chosen: readonly Mutant[], survived: ReadonlySet<string>): Score['perCheck'] {
  return checkModules.flatMap(({ id: check }) => {
    const of = chosen.filter((mutant) => idsOf(mutant).includes(check));
    const killed = of.filter(({ id }) => !survived.has(id)).length;
    return of.length === 0 ? [] : [{ check, killed, total: of.length }];
  });
}
