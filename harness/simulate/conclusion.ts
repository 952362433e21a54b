import type { CheckId } from '../core/anomalies.ts';
import { ExitCode } from '../core/exit-codes.ts';
import { plural } from '../core/plural.ts';
import type { SimulateReport } from './simulate.ts';

/** An anomaly, or what is none: see the kinds of accusations. */
export type FoundBy = CheckId | 'stuck' | 'told';

/** What seeds amount to. A rule broken on purpose turns it round: then a violation is what was asked for. */
export type Conclusion =
  | { readonly kind: 'kept' | 'violated' }
  | { readonly kind: 'inconclusive'; readonly because: string }
  | { readonly kind: 'found'; readonly rule: string; readonly by: readonly FoundBy[] }
  | { readonly kind: 'not found'; readonly rule: string };

/** From so many seeds on, everything that should happen has happened, or something is wrong. */
export const seedsForMarks = 1000;

export function conclusionOf(report: SimulateReport, broken: string | undefined): Conclusion {
  const { seeds, judged, violations, doubts, marks, faults } = report;
  if (broken !== undefined) {
    if (violations.length === 0) return { kind: 'not found', rule: broken };
    const by = violations.flatMap(({ accusation }): readonly FoundBy[] =>
      accusation.kind === 'shown' ? accusation.found.map(({ check }) => check) : [accusation.kind],
    );
    return { kind: 'found', rule: broken, by: [...new Set(by)].toSorted(naturally) };
  }
  if (violations.length > 0) return { kind: 'violated' };
  const [doubt] = doubts;
  if (doubt !== undefined) {
    const because = `${plural(doubts.length, 'seed')} could not be judged, seed ${doubt.seed} because ${doubt.because}`;
    return { kind: 'inconclusive', because };
  }
  if (judged === 0) {
    const because = 'no seed met only faults that its profile claims to bear: raise --seeds';
    return { kind: 'inconclusive', because };
  }
  const silent = Object.entries(marks).flatMap(([mark, count]) => (count === 0 ? [mark] : []));
  // Of faults that were left out nobody expects to have happened what they bring about.
  if (faults === 'all' && seeds >= seedsForMarks && silent.length > 0) {
    return { kind: 'inconclusive', because: `never happened: ${silent.join(', ')}` };
  }
  return { kind: 'kept' };
}

export function exitCodeOf({ kind }: Conclusion): ExitCode {
  switch (kind) {
    case 'kept':
    case 'found':
      return ExitCode.kept;
    case 'violated':
      return ExitCode.violated;
    case 'inconclusive':
    case 'not found':
      return ExitCode.inconclusive;
  }
}

function naturally(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
