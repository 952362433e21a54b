import { AckmarkError } from '../core/errors.ts';

/** @throws AckmarkError when the flag was given and is no whole number in these bounds */
export function requireWhole(
  flag: string,
  value: number | undefined,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  if (value === undefined) return;
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
  throw new AckmarkError('USAGE', `${flag} must be a whole number ${range}`, {
    hint: `For example ${flag} ${Math.max(1, least)}.`,
  });
}
