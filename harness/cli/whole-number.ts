import { AckmarkError } from '../core/errors.ts';
import type { Problem } from './problems.ts';

/** What is wrong with the number of a flag; undefined when it is whole and in these bounds, or not given. */
export function wholeNumberProblem(
  flag: string,
  value: number | undefined,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): Problem | undefined {
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && value >= least && value <= most) return undefined;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
  return { place: flag, what: `must be a whole number ${range}` };
}

/** An example that the bounds allow. */
export function wholeNumberHint(flag: string, least: number): string {
  return `For example ${flag} ${Math.max(1, least)}.`;
}

/** @throws AckmarkError when the flag was given and is no whole number in these bounds */
export function requireWhole(
  flag: string,
  value: number | undefined,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  const problem = wholeNumberProblem(flag, value, least, most);
  if (problem === undefined) return;
  throw new AckmarkError('USAGE', `${problem.place} ${problem.what}`, {
    hint: wholeNumberHint(flag, least),
  });
}
