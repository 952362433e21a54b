/**
 * Whether a version is that one or a later one; `4.10.1` is later than `4.3`. Numbers alone are compared: what
 * comes behind them, as in `4.3.0-rc.1`, is not, so that a candidate counts as what it is going to be.
 */
export function hasReached(version: string, from: string): boolean {
  const [found, wanted] = [numbersOf(version), numbersOf(from)];
  for (const [index, number] of wanted.entries()) {
    const own = found[index] ?? 0;
    if (own !== number) return own > number;
  }
  return true;
}

/** Whether it can be compared: it begins with numbers, and not all of them are 0, as of a build that has none yet. */
export function isVersion(text: string): boolean {
  return /^\d+(?:\.\d|$)/.test(text) && numbersOf(text).some((number) => number > 0);
}

function numbersOf(version: string): readonly number[] {
  const [digits = ''] = /^\d+(?:\.\d+)*/.exec(version) ?? [];
  return digits.split('.').map(Number);
}
