import { suggestion } from '../core/suggest.ts';
import type { ScenarioAim } from '../plan/expand.ts';
import type { Problem } from './problems.ts';
import type { RunFlags } from './settings.ts';
import { isOwn } from './suite-part.ts';
import { splitReference } from './select-engines.ts';
import type { SuiteDocument } from './suite-file.ts';

/**
 * Which of the suite's engines and profiles a scenario is for, where the suite says so. Of what a flag names of
 * its own every scenario is asked: so does a replay.
 */
export function suiteAims(
  flags: Pick<RunFlags, 'engine'>,
  { suite, placeOf }: SuiteDocument,
  problems: Problem[],
): readonly ScenarioAim[] {
  const named = flags.engine ?? [];
  const own = named.filter((reference) => isOwn(reference, suite));
  if (flags.engine !== undefined && own.length === named.length) return [];
  const engines = suite.engines ?? [];
  return (suite.scenarios ?? []).flatMap(({ id, engines: aimedAt }, at) => {
    if (aimedAt === undefined) return [];
    const beside = own.map((reference) => aimOf(id, reference));
    return [
      ...aimedAt.map((reference, index): ScenarioAim => {
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
        return aimOf(id, reference);
      }),
      ...beside,
    ];
  });
}

function aimOf(scenario: string, reference: string): ScenarioAim {
  const { name, profile } = splitReference(reference);
  return { scenario, engine: name, profile };
}
