import type { Bound, Expectation } from '../../scenarios/textbook/sentence.ts';
import { plural } from '../core/plural.ts';
import { median } from '../core/statistics/median.ts';
import { isCapable } from '../measure/validity.ts';
import type { CellRecord, JudgedCell } from '../record/schema.ts';
import { isJudged } from '../record/cell-questions.ts';
import { figureOf } from './figure-of.ts';
import type { Observation } from './observe.ts';

/** Rounds of each side below which a ratio is no answer, however clear it looks. */
export const fewestRounds = 3;

type Ratio = Extract<Expectation, { is: 'ratio' }>;

/**
 * How many times as much: the median of one side's rounds over that of the other. Its interval goes from the least
 * over the most to the most over the least, which assumes nothing of how rounds are distributed. Only an interval
 * that lies on one side of the bound as a whole decides anything.
 *
 * @param cells at least one, of one profile in one scenario
 * @param base of the same profile in the scenario that they are measured by
 */
export function observeRatio(
  expectation: Ratio,
  cells: readonly JudgedCell[],
  base: readonly CellRecord[],
): Observation {
  const { figure, over, bound } = expectation;
  const sides = [valuesOf(expectation, cells), valuesOf(expectation, base)] as const;
  const open = sides.flatMap(({ gaps }) => gaps);
  const [first] = open;
  if (first !== undefined) return { is: 'undecided', text: `${figure.unit}: ${first}` };
  const [own, other] = sides.map(({ values }) => spanOf(values)) as [Span, Span];
  const [least, most] = [own.least / other.most, own.most / other.least];
  const rounds = Math.min(cells.length, base.length);
  const text =
    `${figure.unit}: ${rateText(own.middle)} ÷ ${rateText(other.middle)} in ${over} = ` +
    `${times(own.middle / other.middle)}, between ${times(least)} and ${times(most)} ` +
    `in ${plural(rounds, 'round')} (${wantedOf(bound)})`;
  return { is: within(bound, least, most), text };
}

interface Values {
  readonly values: readonly number[];
  readonly gaps: readonly string[];
}

function valuesOf({ figure, over }: Ratio, cells: readonly CellRecord[]): Values {
  if (cells.length === 0) return { values: [], gaps: [`no cell of ${over} is in this run`] };
  const found = cells.map((cell) => ({ cell, value: valueIn(figure, cell) }));
  const gaps = found.flatMap(({ cell, value }) =>
    value.is === 'missing' ? [`${cell.id}: ${value.because}`] : [],
  );
  if (cells.length < fewestRounds) {
    gaps.push(`${plural(cells.length, 'round')} of ${fewestRounds} that a ratio takes`);
  }
  return { gaps, values: found.flatMap(({ value }) => (value.is === 'there' ? [value.of] : [])) };
}

type Value =
  | { readonly is: 'there'; readonly of: number }
  | { readonly is: 'missing'; readonly because: string };

/**
 * What was measured while a client thread or the harness was at its limit is their figure. A generator that was late is
 * no matter: all figures that ratios are made of begin when the load is over.
 */
function valueIn(figure: Ratio['figure'], cell: CellRecord): Value {
  const missing = (because: string): Value => ({ is: 'missing', because });
  if (!isJudged(cell)) return missing(cell.status);
  if (!cell.drain.complete) return missing('it was not drained');
  if (cell.verdict === 'inconclusive' || cell.verdict === 'error') {
    return missing(cell.reasons[0] ?? cell.verdict);
  }
  const { performance } = cell;
  if (performance.status === 'untimed') return missing(performance.reason);
  if (!isCapable(performance.figures))
    return missing('a client thread or the harness was at its limit');
  const of = figureOf(figure, cell);
  return of === undefined ? missing('not recorded') : { is: 'there', of };
}

interface Span {
  readonly least: number;
  readonly middle: number;
  readonly most: number;
}

function spanOf(values: readonly number[]): Span {
  return { least: Math.min(...values), middle: median(values), most: Math.max(...values) };
}

function within(bound: Bound, least: number, most: number): Observation['is'] {
  if ('least' in bound) {
    if (least >= bound.least) return 'shown';
    return most < bound.least ? 'refuted' : 'undecided';
  }
  if (most <= bound.most) return 'shown';
  return least > bound.most ? 'refuted' : 'undecided';
}

export function wantedOf(bound: Bound): string {
  return 'least' in bound ? `at least ${bound.least}` : `at most ${bound.most}`;
}

const times = (ratio: number): string => ratio.toFixed(2);
const rateText = (value: number): string => value.toPrecision(3);
