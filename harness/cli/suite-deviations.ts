import { obligedBy } from '../core/clauses.ts';
import { suggestion } from '../core/suggest.ts';
import type { ProfileDeviation, SelectedEngine } from '../plan/expand.ts';
import type { Problem } from './problems.ts';
import { splitReference } from './select-engines.ts';
import { enginesOf } from './suite-part.ts';
import type { PlaceOf, Suite, SuiteDeviation } from './suite-file.ts';

/**
 * A suite's deviations by engine and profile. Those of engines that this run leaves out stay without
 * effect; a misspelt one would excuse nothing and say nothing, so names and clauses are verified.
 */
export function suiteDeviations(
  suite: Suite,
  placeOf: PlaceOf,
  engines: readonly SelectedEngine[],
  catalog: readonly string[],
  problems: Problem[],
): readonly ProfileDeviation[] {
  const named = enginesOf(suite).map((reference) => splitReference(reference).name);
  const known = [...catalog, ...named];
  return (suite.deviations ?? []).flatMap((entry, at): readonly ProfileDeviation[] => {
    const refuse = (key: keyof SuiteDeviation, what: string): readonly ProfileDeviation[] => {
      problems.push({ place: placeOf(['deviations', at, key]), what });
      return [];
    };
    const { name, profile } = splitReference(entry.profile);
    if (profile === undefined) return refuse('profile', `${entry.profile} is not engine@profile`);
    const selected = engines.find(({ reference }) => reference === name);
    if (selected === undefined) {
      if (known.includes(name)) return [];
      return refuse('profile', `no engine is called ${name}${suggestion(name, known)}`);
    }
    const profiles = Object.keys(selected.engine.profiles);
    const claims = selected.engine.profiles[profile];
    if (claims === undefined) {
      return refuse(
        'profile',
        `${name} has no profile ${profile}${suggestion(profile, profiles)} (${profiles.join(', ')})`,
      );
    }
    const { level, promises, waived } = claims;
    const claimed = obligedBy(level, promises, { effects: 'unrecorded' })
      .map(({ check }) => check)
      .filter((check) => waived.every(({ clause }) => clause !== check));
    if (!claimed.includes(entry.clause)) {
      const what = `${entry.profile} does not claim ${entry.clause}, so nothing deviates from it`;
      return refuse('clause', `${what} (${claimed.join(', ')})`);
    }
    return [{ ...entry, engine: name, profile }];
  });
}
