import type { CellState } from './matrix.ts';

/** A glyph and a word for each state, never a colour alone. */
export const stateGlyph: Readonly<Record<CellState, string>> = {
  kept: '✓',
  broken: '✗',
  expected: '≠',
  unclaimed: '~',
  held: '○',
  inconclusive: '?',
  error: '!',
  unsupported: '–',
};

export const stateWord: Readonly<Record<CellState, string>> = {
  kept: 'kept',
  broken: 'broken',
  expected: 'expected',
  unclaimed: 'unclaimed',
  held: 'held',
  inconclusive: 'inconclusive',
  error: 'error',
  unsupported: 'unsupported',
};

export const stateMeaning: Readonly<Record<CellState, string>> = {
  kept: 'the profile promises it under this fault, and no counterexample was found',
  broken: 'the profile promises it under this fault, and a counterexample was found',
  expected: 'promised and broken as a known deviation says (XFAIL): excused until it expires',
  unclaimed: 'nobody promised it, and it did not hold; the rate is what the weaker level costs',
  held: 'nobody promised it, yet it held this time; 3/n bounds the rate that may still be there',
  inconclusive: 'not enough evidence: never counted as kept',
  error: 'the cell could not be run',
  unsupported: 'the engine lacks what the scenario needs',
};
