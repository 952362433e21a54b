import type { Stage } from './stage.ts';

/** The sends that ended since then and were not acknowledged, by why; code 0 is `ok` and nothing else. */
export function endedOtherwise(
  { history, outcomeName }: Stage,
  before: ReadonlyMap<number, number>,
): Readonly<Record<string, number>> {
  const since = [...history.tally.codes].map(
    ([code, sends]) => [code, sends - (before.get(code) ?? 0)] as const,
  );
  const others = since.filter(([code, sends]) => code !== 0 && sends > 0);
  return Object.fromEntries(others.map(([code, sends]) => [outcomeName(code), sends]));
}
