import { plural } from '../core/plural.ts';
import type { CellRecord, ClauseState } from '../record/schema.ts';

/** What exit code 0 came to: what was kept, and everything that it does not rest on. */
export function keptReason(treatments: readonly CellRecord[]): string {
  const judged = treatments.filter((cell) => cell.status === 'judged');
  const clauses = judged.flatMap((cell) => cell.clauses);
  const count = (state: ClauseState): number =>
    clauses.filter((clause) => clause.state === state).length;
  const keptStates: readonly ClauseState[] = ['kept', 'unexpectedly-kept'];
  const kept = clauses.filter(
    ({ obligation, state }) => obligation === 'must' && keptStates.includes(state),
  ).length;
  const also: readonly (readonly [number, string])[] = [
    [count('expected'), 'broken as a known deviation says (XFAIL)'],
    [count('unexpectedly-kept'), 'kept against a known deviation (XPASS)'],
    [count('should-violated'), 'seen that should not happen'],
    [clauses.filter(({ waiver }) => waiver !== undefined).length, 'waived'],
  ];
  const unsupported = treatments.filter((cell) => cell.status === 'unsupported').length;
  const tried = kept + count('expected') > 0;
  const parts = [
    tried
      ? `${plural(kept, 'claimed clause')} kept in ${plural(judged.length, 'cell')}`
      : 'no claim was violated; none was put to the test',
    ...also.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`),
  ];
  if (unsupported > 0) parts.push(`${plural(unsupported, 'cell')} unsupported`);
  return parts.join('; ');
}
