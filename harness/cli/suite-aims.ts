import { suggestion } from '../core/suggest.ts';
import type { ScenarioAim } from '../plan/expand.ts';
import type { Problem } from './problems.ts';
import type { RunFlags } from './settings.ts';
import { enginesOf, isOwn, usualRounds } from './suite-part.ts';
import { splitReference } from './select-engines.ts';
import type { Suite, SuiteDocument } from './suite-file.ts';

/**
 * Which of the suite's engines and profiles a scenario is for, where the suite says so. Of what a flag names of
 * its own every scenario is asked: so does a replay.
 */
export function suiteAims(
  flags: Pick<RunFlags, 'engine' | 'rounds'>,
  { suite, placeOf }: SuiteDocument,
  problems: Problem[],
): readonly ScenarioAim[] {
  const named = flags.engine ?? [];
  const own = named.filter((reference) => isOwn(reference, suite));
  if (flags.engine !== undefined && own.length === named.length) return [];
  const beside = (id: string) => own.map((reference) => aimOf(id, reference, undefined));
  return (suite.scenarios ?? []).flatMap(({ id, engines: aimedAt, rounds }, at) => {
    if (aimedAt === undefined) return [];
    for (const [index, reference] of aimedAt.entries()) {
      if (!isHeld(reference, suite)) {
        problems.push({
          place: placeOf(['scenarios', at, 'engines', index]),
          what: notHeld(reference, suite),
        });
      }
    }
    // Said in any case: where the scenario is named again, that entry's rounds are not for these.
    const repeated = rounds ?? suite.rounds ?? usualRounds;
    const played = flags.rounds === undefined ? repeated : undefined;
    return [...aimedAt.map((reference) => aimOf(id, reference, played)), ...beside(id)];
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

function aimOf(scenario: string, reference: string, rounds: number | undefined): ScenarioAim {
  const { name, profile } = splitReference(reference);
  return { scenario, engine: name, profile, rounds };
}

/** One scenario may be named again for other profiles and another number of rounds; its load is one. */
export function repeatProblems({ suite, placeOf }: SuiteDocument): readonly Problem[] {
  const entries = suite.scenarios ?? [];
  return entries.flatMap((entry, at) => {
    const first = entries.findIndex(({ id }) => id === entry.id);
    const { id, engines, rate, messages, load = {} } = entry;
    const isOfAll = engines === undefined || entries[first]?.engines === undefined;
    const said = [rate, messages, ...Object.values(load)].some((text) => text !== undefined);
    if (first === at || (!isOfAll && !said)) return [];
    const what = `${id} is named twice: each must say its engines, and the first alone may say its load`;
    return [{ place: placeOf(['scenarios', at]), what }];
  });
}
