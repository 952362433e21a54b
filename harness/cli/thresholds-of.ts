import type { Threshold } from '../core/threshold.ts';
import { parseThreshold } from '../gate/thresholds/parse.ts';
import type { Problem } from './problems.ts';
import type { SuiteDocument } from './suite-file.ts';

/** Those of the flags, or else those of the suite: for all its scenarios and for single ones. */
export function thresholdsOf(
  flags: readonly string[] | undefined,
  { suite, placeOf }: SuiteDocument,
  problems: Problem[],
): readonly Threshold[] {
  const read = (text: string, scenario: string | undefined, place: string): Threshold[] => {
    const parsed = parseThreshold(text, scenario);
    if (parsed.is === 'threshold') return [parsed.threshold];
    problems.push({ place, what: parsed.what });
    return [];
  };
  if (flags !== undefined) return flags.flatMap((text) => read(text, undefined, '--threshold'));
  const forAll = (suite.thresholds ?? []).flatMap((text, at) =>
    read(text, undefined, placeOf(['thresholds', at])),
  );
  const forOne = (suite.scenarios ?? []).flatMap(({ id, thresholds = [] }, scenario) =>
    thresholds.flatMap((text, at) =>
      read(text, id, placeOf(['scenarios', scenario, 'thresholds', at])),
    ),
  );
  return [...forAll, ...forOne];
}
