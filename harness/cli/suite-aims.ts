import { suggestion } from '../core/suggest.ts';
import type { ScenarioAim } from '../plan/expand.ts';
import type { Problem } from './problems.ts';
import type { RunFlags } from './settings.ts';
import { enginesOf, isOwn } from './suite-part.ts';
import { splitReference } from './select-engines.ts';
import type { Suite, SuiteDocument } from './suite-file.ts';

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
  const beside = (id: string) => own.map((reference) => aimOf(id, reference));
  return (suite.scenarios ?? []).flatMap(({ id, engines: aimedAt }, at) => {
    if (aimedAt === undefined) return [];
    for (const [index, reference] of aimedAt.entries()) {
      if (!isHeld(reference, suite)) {
        problems.push({
          place: placeOf(['scenarios', at, 'engines', index]),
          what: notHeld(reference, suite),
        });
      }
    }
    return [...aimedAt.map((reference) => aimOf(id, reference)), ...beside(id)];
  });
}

function isHeld(reference: string, suite: Suite): boolean {
  const engines = enginesOf(suite);
  const { name, profile } = splitReference(reference);
  if (profile === undefined) return engines.some((one) => splitReference(one).name === name);
  return engines.includes(reference) || engines.includes(name);
}

function notHeld(reference: string, suite: Suite): string {
  const known = [...new Set(enginesOf(suite).flatMap((one) => [one, splitReference(one).name]))];
  return `the suite's engines do not hold ${reference}${suggestion(reference, known)} (${known.join(', ')})`;
}

function aimOf(scenario: string, reference: string): ScenarioAim {
  const { name, profile } = splitReference(reference);
  return { scenario, engine: name, profile };
}
