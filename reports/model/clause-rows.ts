import { type CheckId, checkIds } from '../../harness/core/anomalies.ts';
import { type EvidenceKind, evidenceKinds } from '../../harness/core/evidence.ts';
import type { ClauseRecord, JudgedCell } from '../../harness/record/schema.ts';
import { percent } from '../text/numbers.ts';
import { groupBy } from './cells.ts';

/** Clauses of one claim that came to the same: none seen, with nearly as many chances. */
export interface QuietRow {
  readonly checks: readonly CheckId[];
  /** Any one of them, for what they have in common. */
  readonly like: ClauseRecord;
  readonly evidence: readonly EvidenceKind[];
  /** The fewest and the most chances of any of them, and the bound that the fewest allow. */
  readonly exposureMin: number;
  readonly exposureMax: number;
  readonly upperBound: number;
}

/** What a reader is told of the clauses of a cell, in three degrees of detail. */
export interface ClauseRows {
  /** Something was seen, or is excused or waived: a row each. */
  readonly told: readonly ClauseRecord[];
  readonly quiet: readonly QuietRow[];
  /** Neither claimed nor seen nor what the scenario is to expose. */
  readonly folded: readonly CheckId[];
}

export function clauseRowsOf({ clauses, judging }: JudgedCell): ClauseRows {
  const told = clauses.filter(isTold);
  const rest = clauses.filter((clause) => !isTold(clause));
  const isFolded = ({ check, obligation }: ClauseRecord): boolean =>
    obligation === 'may' && !judging.exposes.includes(check);
  const shown = rest.filter((clause) => !isFolded(clause));
  return {
    told,
    quiet: [...groupBy(shown, likeness).values()].flatMap(quietRow),
    folded: rest.filter(isFolded).map(({ check }) => check),
  };
}

function isTold({ count, possible, waiver, deviation }: ClauseRecord): boolean {
  return count > 0 || possible > 0 || waiver !== undefined || deviation !== null;
}

/**
 * What counts for a verdict is told bound by bound, and bounds that read alike are alike: a chance more or
 * less makes no row of its own. Of the rest the weakest bound stands for all.
 */
function likeness({ state, obligation, sets, reason, upperBound }: ClauseRecord): string {
  const bound = obligation === 'must' ? percent(upperBound) : '';
  return JSON.stringify([state, obligation, sets, reason, bound]);
}

function quietRow(clauses: readonly ClauseRecord[]): QuietRow[] {
  const [like] = clauses;
  if (like === undefined) return [];
  const kinds = new Set(clauses.map(({ evidence }) => evidence));
  const exposures = clauses.map(({ exposure }) => exposure);
  return [
    {
      checks: clauses.map(({ check }) => check),
      like,
      evidence: evidenceKinds.filter((kind) => kinds.has(kind)),
      exposureMin: Math.min(...exposures),
      exposureMax: Math.max(...exposures),
      upperBound: Math.max(...clauses.map(({ upperBound }) => upperBound)),
    },
  ];
}

/** `D2–D4 D7`: neighbours in the vocabulary share a word. */
export function idRanges(ids: readonly CheckId[]): string {
  const ranges: { first: CheckId; last: CheckId }[] = [];
  for (const id of checkIds.filter((known) => ids.includes(known))) {
    const range = ranges.at(-1);
    const follows =
      range !== undefined &&
      range.first.charAt(0) === id.charAt(0) &&
      checkIds.indexOf(range.last) + 1 === checkIds.indexOf(id);
    if (follows) range.last = id;
    else ranges.push({ first: id, last: id });
  }
  return ranges
    .map(({ first, last }) => {
      if (first === last) return first;
      const pair = checkIds.indexOf(first) + 1 === checkIds.indexOf(last);
      return `${first}${pair ? ' ' : '–'}${last}`;
    })
    .join(' ');
}
