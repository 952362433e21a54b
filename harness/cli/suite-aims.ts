import { suggestion } from '../core/suggest.ts';
import type { ScenarioAim } from '../plan/expand.ts';
import type { Problem } from './problems.ts';
import type { RunFlags } from './settings.ts';
import { splitReference } from './select-engines.ts';
import type { SuiteDocument } from './suite-file.ts';

/**
 * Which of the suite's engines and profiles a scenario is for, where the suite says so. A run whose flags name
 * engines of their own asks every scenario of each: so does a replay.
 */
export function suiteAims(
  flags: Pick<RunFlags, 'engine'>,
  { suite, placeOf }: SuiteDocument,
  problems: Problem[],
): readonly ScenarioAim[] {
  if (flags.engine !== undefined) return [];
  const engines = suite.engines ?? [];
  return (suite.scenarios ?? []).flatMap(({ id, engines: aimedAt }, at) =>
    (aimedAt ?? []).map((reference, index): ScenarioAim => {
      const { name, profile } = splitReference(reference);
      const held = engines.some((one) =>
        profile === undefined
          ? splitReference(one).name === name
          : one === reference || one === name,
      );
      if (!held) {
        const known = [...new Set(engines.flatMap((one) => [one, splitReference(one).name]))];
        problems.push({
          place: placeOf(['scenarios', at, 'engines', index]),
          what: `the suite's engines do not hold ${reference}${suggestion(reference, known)} (${known.join(', ')})`,
        });
      }
      return { scenario: id, engine: name, profile };
    }),
  );
}
