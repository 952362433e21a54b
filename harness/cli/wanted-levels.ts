import { type Level, levels } from '../core/clauses.ts';
import { suggestion } from '../core/suggest.ts';
import type { Problem } from './problems.ts';

/** What `--level` or the suite names. */
export function levelsOf(names: readonly string[], problems: Problem[]): readonly Level[] {
  return names.flatMap((name) => {
    const level = levels.find((candidate) => candidate === name);
    if (level !== undefined) return [level];
    problems.push({
      place: '--level',
      what: `no level is called ${JSON.stringify(name)}${suggestion(name, levels)} (${levels.join(', ')})`,
    });
    return [];
  });
}
