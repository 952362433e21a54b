import type { z } from 'zod';
import type { Problem } from './problems.ts';

type Issue = z.core.$ZodIssue;

/** Where it stands, and what may be said there. */
export interface SuitePlaces {
  readonly placeOf: (path: readonly PropertyKey[]) => string;
  /** `; did you mean messages?`, or nothing. */
  readonly nearest: (key: string, path: readonly PropertyKey[]) => string;
}

/** Every mistake of a suite, also of those that a choice between a name and a mapping hides. */
export function suiteProblems(
  issues: readonly Issue[],
  places: SuitePlaces,
  above: readonly PropertyKey[] = [],
): readonly Problem[] {
  return issues.flatMap((issue): readonly Problem[] => {
    const path = [...above, ...issue.path];
    if (issue.code === 'invalid_union') {
      const meant = issue.errors.find((branch) => !branch.some(isOfAnotherKind));
      if (meant !== undefined) return suiteProblems(meant, places, path);
      return [{ place: places.placeOf(path), what: `${path.join('.')}: a name or a mapping` }];
    }
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        place: places.placeOf([...path, key]),
        what: `unknown key ${JSON.stringify(key)}${places.nearest(key, path)}`,
      }));
    }
    const what =
      path.length === 0
        ? 'a suite is a mapping, such as `engines: [log]`'
        : `${path.join('.')}: ${issue.message}`;
    return [{ place: places.placeOf(path), what }];
  });
}

/** A mapping where a name may stand as well, and the other way round. */
function isOfAnotherKind({ code, path }: Issue): boolean {
  return code === 'invalid_type' && path.length === 0;
}
