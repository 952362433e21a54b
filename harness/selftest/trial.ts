import { isDeepStrictEqual } from 'node:util';
import type { CheckId } from '../core/anomalies.ts';
import { checkModules } from '../check/catalog.ts';
import type { CheckMaker } from '../check/judge.ts';
import { judgeHistory, type Judged } from '../simulate/judged.ts';
import type { ModelHistory } from '../simulate/played.ts';
import type { Mutant } from './mutants/mutant.ts';

/** Seeds that are tried until the defect of a mutant meets an occasion. */
const seedsTried = 40;

/** The first seed from `seed` on at which the defect changes the history. */
export function firstOccasion(mutant: Mutant, seed: number): number {
  for (let tried = seed; tried < seed + seedsTried; tried += 1) {
    const [healthy, sick] = [mutant.play(tried, true), mutant.play(tried, false)];
    if (!isDeepStrictEqual(healthy.events, sick.events)) return tried;
  }
  return seed;
}

/** Why a mutant survived; empty when it was killed. */
export function whySurvived(
  mutant: Mutant,
  seed: number,
  checks: readonly CheckMaker[] = checkModules,
): string {
  const control = mutant.play(seed, true);
  const healthy = judgeHistory(control, mutant.claim, [], checks);
  if (healthy.verdict !== 'pass' || healthy.found.length > 0) {
    return `its healthy control came out as ${told(healthy)}`;
  }
  const judged = judgeHistory(mutant.play(seed, false), mutant.claim, [], checks);
  return isAsExpected(mutant, judged) ? '' : told(judged);
}

function hasNoticed(results: Judged['results'], id: CheckId): boolean {
  return results.some(
    (result) => result.status === 'decided' && result.check === id && result.exposure > 0,
  );
}

const verdictOf = {
  violated: 'violated',
  warned: 'pass',
  shown: 'pass',
  undrained: 'inconclusive',
} as const;

function isAsExpected(
  { expects, also = [] }: Mutant,
  { verdict, found, roots, results }: Judged,
): boolean {
  if (expects.as === 'inconclusive' || expects.as === 'pass') {
    return verdict === expects.as && found.length === 0;
  }
  if (expects.as === 'noticed') {
    return verdict === 'pass' && found.length === 0 && hasNoticed(results, expects.root);
  }
  const isAll = also.every((id) => found.includes(id));
  const wanted = verdictOf[expects.as];
  return isAll && roots.length === 1 && roots[0] === expects.root && verdict === wanted;
}

function told({ verdict, found, roots, reasons }: Judged): string {
  const rest = found.filter((id) => !roots.includes(id));
  const because = roots.length === 0 && verdict !== 'pass' ? `: ${reasons[0] ?? ''}` : '';
  return `${verdict}, found ${roots.join(' ') || 'nothing'}${rest.length > 0 ? ` (and ${rest.join(' ')})` : ''}${because}`;
}

/** What a healthy history was accused of; that it puts too little to the test accuses nobody. */
export function whyFlagged(
  history: ModelHistory,
  checks: readonly CheckMaker[] = checkModules,
): string {
  const judged = judgeHistory(history, history.claim, [], checks);
  const flags = judged.found.filter((id) => !history.mayShow.includes(id));
  if (flags.length === 0 && judged.verdict !== 'violated') return '';
  return told(judged);
}
