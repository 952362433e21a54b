import type { CheckResult, Culprit } from '../../../check/check.ts';
import type { CheckId } from '../../../core/anomalies.ts';

/** As many culprits as one judge keeps. */
const mostCulprits = 32;

type Decided = Extract<CheckResult, { readonly status: 'decided' }>;

export interface MergedResults {
  readonly results: readonly CheckResult[];
  /** Of these some part could not decide: only the whole history can say. */
  readonly open: readonly CheckId[];
}

/** Results of the same checks over disjoint lanes: what was counted adds up. */
export function mergedResults(parts: readonly (readonly CheckResult[])[]): MergedResults {
  const [first = []] = parts;
  const results: CheckResult[] = [];
  const open: CheckId[] = [];
  for (const [at, result] of first.entries()) {
    const ofAll = parts.flatMap((part) => part[at] ?? []);
    const decided = ofAll.filter((one) => one.status === 'decided');
    if (result.status === 'inapplicable') results.push(result);
    else if (decided.length === parts.length) results.push(added(result.check, decided));
    else open.push(result.check);
  }
  return { results, open };
}

function added(check: CheckId, parts: readonly Decided[]): CheckResult {
  const sum = (of: (part: Decided) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  const classes: Record<string, number> = {};
  for (const part of parts) {
    for (const [name, count] of Object.entries(part.classes)) {
      classes[name] = (classes[name] ?? 0) + count;
    }
  }
  return {
    status: 'decided',
    check,
    count: sum(({ count }) => count),
    possible: sum(({ possible }) => possible),
    exposure: sum(({ exposure }) => exposure),
    classes,
    culprits: inTurn(parts.map(({ culprits }) => culprits)),
  };
}

/** From each part in turn, so that no part is left without a witness. */
function inTurn(lists: readonly (readonly Culprit[])[]): readonly Culprit[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const all = Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list[at] ?? []));
  return all.flat().slice(0, mostCulprits);
}
