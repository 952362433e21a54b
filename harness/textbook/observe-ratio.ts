import type { Bound, Expectation } from '../../scenarios/textbook/sentence.ts';
import { plural } from '../core/plural.ts';
import type { CellRecord, JudgedCell } from '../record/schema.ts';
import type { Observation } from './observe.ts';
import { amountText, quotientOf, spanOf, timesText, valuesOf } from './timed-values.ts';

type Ratio = Extract<Expectation, { is: 'ratio' }>;

/**
 * How many times as much: the median of one side's rounds over that of the other. Only an interval that lies on one
 * side of the bound as a whole decides anything.
 *
 * @param cells at least one, of one profile in one scenario
 * @param base of the same profile in the scenario that they are measured by
 */
export function observeRatio(
  { figure, over, bound }: Ratio,
  cells: readonly JudgedCell[],
  base: readonly CellRecord[],
): Observation {
  const sides = [valuesOf(figure, cells, over), valuesOf(figure, base, over)] as const;
  const [first] = sides.flatMap(({ gaps }) => gaps);
  if (first !== undefined) return { is: 'undecided', text: `${figure.unit}: ${first}` };
  const [own, other] = [spanOf(sides[0].values), spanOf(sides[1].values)];
  const { least, middle, most } = quotientOf(own, other);
  const rounds = Math.min(cells.length, base.length);
  const text =
    `${figure.unit}: ${amountText(own.middle)} ÷ ${amountText(other.middle)} in ${over} = ` +
    `${timesText(middle)}, between ${timesText(least)} and ${timesText(most)} ` +
    `in ${plural(rounds, 'round')} (${wantedOf(bound)})`;
  return { is: within(bound, least, most), text };
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
