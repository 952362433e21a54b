import type {
  CellRecord,
  ClauseRecord,
  JudgedCell,
  RunRecord,
} from '../../harness/record/schema.ts';

export { isControl, isJudged, profileName } from '../../harness/record/cell-questions.ts';

/** A history from elsewhere was judged: nothing was run, timed or drawn from a seed. */
export function isForeign({ cells }: Pick<RunRecord, 'cells'>): boolean {
  return cells.length > 0 && cells.every(({ family }) => family === 'history');
}

export function groupBy<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** What a reader is shown of a clause that no check decided or that has nothing to tell. */
export function clausesIn(cell: JudgedCell, state: ClauseRecord['state']): ClauseRecord[] {
  return cell.clauses.filter((clause) => clause.state === state);
}

/** The level that was claimed; a history from elsewhere may be judged by promises alone. */
export function levelText(cell: Pick<CellRecord, 'level' | 'promises'>): string {
  if (cell.level !== 'none') return cell.level;
  return cell.promises.length === 0 ? 'no level' : cell.promises.join(', ');
}
