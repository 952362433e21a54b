import type { Figure } from '../../scenarios/textbook/sentence.ts';
import { plural } from '../core/plural.ts';
import { median } from '../core/statistics/median.ts';
import { generatorFaults, isCapable } from '../measure/validity.ts';
import { isJudged } from '../record/cell-questions.ts';
import type { CellRecord, PerformanceFigures } from '../record/schema.ts';
import { figureOf } from './figure-of.ts';

/** Rounds below which a figure has no interval that says anything, however clear it looks. */
export const fewestRounds = 3;

/** A figure in every round of one profile in one scenario, or why there is none. */
export interface TimedValues {
  readonly values: readonly number[];
  readonly gaps: readonly string[];
}

/** @param scenario for the words */
export function valuesOf(
  figure: Figure,
  cells: readonly CellRecord[],
  scenario: string,
): TimedValues {
  if (cells.length === 0) return { values: [], gaps: [`no cell of ${scenario} is in this run`] };
  const found = cells.map((cell) => ({ cell, value: valueIn(figure, cell) }));
  const gaps = found.flatMap(({ cell, value }) =>
    value.is === 'missing' ? [`${cell.id}: ${value.because}`] : [],
  );
  if (cells.length < fewestRounds) {
    gaps.push(`${plural(cells.length, 'round')} of ${fewestRounds} that a figure takes`);
  }
  return { gaps, values: found.flatMap(({ value }) => (value.is === 'there' ? [value.of] : [])) };
}

type Value =
  | { readonly is: 'there'; readonly of: number }
  | { readonly is: 'missing'; readonly because: string };

function valueIn(figure: Figure, cell: CellRecord): Value {
  const missing = (because: string): Value => ({ is: 'missing', because });
  if (!isJudged(cell)) return missing(cell.status);
  if (!cell.drain.complete) return missing('it was not drained');
  if (cell.verdict === 'inconclusive' || cell.verdict === 'error') {
    return missing(cell.reasons[0] ?? cell.verdict);
  }
  const { performance } = cell;
  if (performance.status === 'untimed') return missing(performance.reason);
  const fault = faultOf(figure, performance.figures);
  if (fault !== undefined) return missing(fault);
  const of = figureOf(figure, cell);
  return of === undefined ? missing('not recorded') : { is: 'there', of };
}

/**
 * What this side did wrong, as far as the figure is about it. A generator that was late is no matter to a figure that
 * begins when the load is over; who was at its limit is told beside a throughput, whoever it was.
 */
function faultOf(figure: Figure, figures: PerformanceFigures): string | undefined {
  if (figure.of === 'throughput') return undefined;
  if (figure.of === 'round-trip') {
    // What is reported of it is end to end, and nothing of how sends were answered.
    return generatorFaults({ ...figures, publishResponse: undefined })[0]?.text;
  }
  return isCapable(figures) ? undefined : 'a client thread or the harness was at its limit';
}

export interface Span {
  readonly least: number;
  readonly middle: number;
  readonly most: number;
}

/** @param values at least one */
export function spanOf(values: readonly number[]): Span {
  return { least: Math.min(...values), middle: median(values), most: Math.max(...values) };
}

/** Of one by another: from the least over the most to the most over the least, which assumes nothing of how rounds are distributed. */
export function quotientOf(own: Span, other: Span): Span {
  return {
    least: own.least / other.most,
    middle: own.middle / other.middle,
    most: own.most / other.least,
  };
}

export const amountText = (value: number): string => value.toPrecision(3);
export const timesText = (ratio: number): string => ratio.toFixed(2);
