import type { CheckId } from '../../harness/core/anomalies.ts';
import { plural, whole } from '../text/numbers.ts';
import type { CellState } from './matrix.ts';

/** What may stand in a cell of the matrix: its state, or a remark beside it. */
export const cellMarks = [
  'kept',
  'broken',
  'expected',
  'unclaimed',
  'held',
  'inconclusive',
  'error',
  'unsupported',
  'should',
  'against',
  'unplanned',
] as const satisfies readonly (CellState | 'should' | 'against' | 'unplanned')[];
export type CellMark = (typeof cellMarks)[number];

/** Of what a count is, where all that was sent would be understood. */
export function chancesText(check: CheckId, exposure: number): string {
  return check === 'D12' ? plural(exposure, 'unanswered send') : whole(exposure);
}

/** A glyph and a word for each state, never a colour alone. */
export const stateGlyph: Readonly<Record<CellMark, string>> = {
  kept: '✓',
  broken: '✗',
  expected: '≠',
  unclaimed: '~',
  held: '○',
  inconclusive: '?',
  error: '!',
  unsupported: '–',
  should: '!',
  against: '!',
  unplanned: '·',
};

export const stateWord: Readonly<Record<CellMark, string>> = {
  kept: 'kept',
  broken: 'broken',
  expected: 'expected',
  unclaimed: 'unclaimed',
  held: 'held',
  inconclusive: 'inconclusive',
  error: 'error',
  unsupported: 'unsupported',
  should: 'should not happen',
  against: 'kept against',
  unplanned: 'not planned',
};

export const stateMeaning: Readonly<Record<CellMark, string>> = {
  kept: 'the profile promises it under this fault, and no counterexample was found',
  broken: 'the profile promises it under this fault, and a counterexample was found',
  expected: 'promised and broken as a known deviation says (XFAIL): excused until it expires',
  unclaimed: 'nobody promised it, and it did not hold; the rate is what the weaker level costs',
  held: 'nobody promised it, yet it held this time; 3/n bounds the rate that may still be there',
  inconclusive: 'not enough evidence: never counted as kept',
  error: 'the cell could not be run',
  unsupported: 'the engine lacks what the scenario needs',
  should: 'seen, and the claim says that it should not happen: a warning',
  against: 'kept, although a known deviation says otherwise (XPASS): is that out of date?',
  unplanned: 'the plan has no such cell',
};
