import { plural } from '../core/plural.ts';
import { generatorFaults, rateMissed } from '../measure/validity.ts';
import type { CellRecord } from '../record/schema.ts';
import type { TimedCell } from './timed-cells.ts';

/** With fewer, no split of the rounds is rare enough to be significant at 5 %. */
export const fewestRounds = 4;

const moreRounds = 'add --rounds 5';

/**
 * Why a cell has too few valid rounds to tell anything, and what helps; undefined: it has enough. More rounds are
 * no help to a cell whose rounds were played and did not count.
 */
export function whyTooFew(cell: TimedCell): string | undefined {
  const { rounds, figures } = cell;
  if (figures.length >= fewestRounds) return undefined;
  const told = `${figures.length} of at least ${fewestRounds} valid rounds`;
  const lost = lostRounds(cell);
  if (lost === undefined) return `${told}: ${moreRounds}`;
  if (rounds.length < fewestRounds) return `${told}, ${lost}: ${moreRounds}`;
  return rounds.some(wasOverloaded) ? `${lost}: stop other work or lower the rate` : lost;
}

/** `3 of 5 rounds were invalid (the generator was late …)`; undefined: all count. */
export function lostRounds({ rounds, figures, reasons }: TimedCell): string | undefined {
  const lost = rounds.length - figures.length;
  if (lost === 0) return undefined;
  const distinct = [...new Set(reasons)];
  const [first = 'no reason was recorded'] = distinct;
  const others = distinct.length < 2 ? '' : `; and ${distinct.length - 1} more`;
  const verb = lost === 1 ? 'was' : 'were';
  return `${lost} of ${plural(rounds.length, 'round')} ${verb} invalid (${first}${others})`;
}

/** The generator or the machine could not keep up; too few samples or a failed cell have other cures. */
function wasOverloaded(round: CellRecord): boolean {
  if (round.status !== 'judged' || round.performance.status !== 'invalid') return false;
  const { figures } = round.performance;
  const { publishResponse } = figures;
  const answered = publishResponse.count === 0 ? undefined : publishResponse;
  return (
    rateMissed(figures) || generatorFaults({ ...figures, publishResponse: answered }).length > 0
  );
}
