import type { Expectation } from '../../scenarios/textbook/sentence.ts';
import { plural } from '../core/plural.ts';
import { isJudged, profileName } from '../record/cell-questions.ts';
import type { CellRecord } from '../record/schema.ts';
import type { Observation } from './observe.ts';
import { amountText, quotientOf, spanOf, timesText, valuesOf } from './timed-values.ts';

type Measured = Extract<Expectation, { is: 'measured' }>;

/**
 * An amount with the least and the most of its rounds, and how many times as much it is as in another system. No bound
 * decides of it; without every round of both it was not measured.
 *
 * @param other of the system that it is measured against, in the same scenario; empty: that one was not asked
 */
export function observeMeasured(
  { figure, scenario, said }: Measured,
  cells: readonly CellRecord[],
  other: readonly CellRecord[],
): Observation {
  const own = valuesOf(figure, cells, scenario);
  const by = other.length === 0 ? undefined : valuesOf(figure, other, scenario);
  const [first] = [...own.gaps, ...(by?.gaps ?? [])];
  if (first !== undefined) return { is: 'undecided', text: `${figure.unit}: ${first}` };
  const { least, middle, most } = spanOf(own.values);
  const parts = [
    `${figure.unit}: ${amountText(middle)}, between ${amountText(least)} and ${amountText(most)} in ${plural(cells.length, 'round')}`,
  ];
  if (by !== undefined) parts.push(quotientText(own.values, by.values, other));
  if (said !== undefined) parts.push(`people say ${said}`);
  if (figure.of === 'throughput') parts.push(...[cells, other].flatMap(limitsOf));
  return { is: 'shown', text: parts.join(', ') };
}

function quotientText(
  own: readonly number[],
  by: readonly number[],
  [first]: readonly CellRecord[],
): string {
  const span = spanOf(by);
  const { least, middle, most } = quotientOf(spanOf(own), span);
  const name = first === undefined ? '' : profileName(first);
  return (
    `${timesText(middle)} times (${timesText(least)} to ${timesText(most)}) ` +
    `that of ${name}, ${amountText(span.middle)}`
  );
}

/** Who was at its limit, and how busy both sides were at most: a throughput is that of whoever was. */
function limitsOf(cells: readonly CellRecord[]): readonly string[] {
  const limits = cells.filter(isJudged).flatMap(({ limit }) => limit ?? []);
  const [cell] = cells;
  if (cell === undefined || limits.length === 0) return [];
  const sides = [...new Set(limits.map(({ side }) => side))].join(' or ');
  return [
    `${profileName(cell)} at the limit of ${sides} ` +
      `(of one core the busiest client thread ${percentOf(limits.map(({ clientThread }) => clientThread))}, ` +
      `the busiest broker thread ${percentOf(limits.map(({ brokerThread }) => brokerThread))})`,
  ];
}

function percentOf(shares: readonly (number | null)[]): string {
  const known = shares.flatMap((share) => share ?? []);
  if (known.length === 0) return 'unknown';
  return `${(100 * spanOf(known).middle).toFixed(0)} %`;
}
