import type { ClauseRecord, JudgedCell, RunRecord } from '../../harness/record/schema.ts';
import { plural, whole } from '../text/numbers.ts';
import { groupBy, isControl, isJudged, profileName } from './cells.ts';

interface Deviating {
  readonly cell: JudgedCell;
  readonly clause: ClauseRecord;
  readonly deviation: NonNullable<ClauseRecord['deviation']>;
}

/**
 * One sentence for each known deviation of a profile: what it excused, that it has expired, or that
 * nothing needed it. Strings hold untrusted parts.
 */
export function deviationsOf(record: RunRecord): string[] {
  const all = record.cells
    .filter(isJudged)
    .filter((cell) => !isControl(cell))
    .flatMap((cell) =>
      cell.clauses.flatMap((clause): Deviating[] =>
        clause.deviation === null ? [] : [{ cell, clause, deviation: clause.deviation }],
      ),
    );
  const alike = groupBy(
    all,
    ({ cell, clause, deviation }) => `${profileName(cell)} ${clause.check} ${deviation.id}`,
  );
  return [...alike.values()].flatMap(sentenceOf);
}

function sentenceOf(cells: readonly Deviating[]): string[] {
  const [first] = cells;
  if (first === undefined) return [];
  const { id, expires, because } = first.deviation;
  const { check } = first.clause;
  const about = `${check} of ${profileName(first.cell)}`;
  const inState = (state: ClauseRecord['state']): readonly Deviating[] =>
    cells.filter(({ clause }) => clause.state === state);
  const [expected, broken, kept] = [
    inState('expected'),
    inState('broken'),
    inState('unexpectedly-kept'),
  ];
  if (broken.length > 0) {
    return [`deviation ${id} expired on ${expires}, and ${about} is broken still: ${because}`];
  }
  if (expected.length > 0) {
    const seen = expected.reduce((sum, { clause }) => sum + clause.count, 0);
    const where = `${whole(seen)} in ${plural(expected.length, 'cell')}`;
    return [`deviation ${id} excuses ${about} (${where}) until ${expires}: ${because}`];
  }
  if (kept.length > 0) {
    const chances = Math.min(...kept.map(({ clause }) => clause.exposure));
    return [
      `deviation ${id} excused nothing (XPASS): ${about} was kept in ${plural(chances, 'chance')}; is it out of date?`,
    ];
  }
  return [];
}
