import type { CheckId } from '../../harness/core/anomalies.ts';
import type {
  ClauseRecord,
  ClauseState,
  JudgedCell,
  RunRecord,
} from '../../harness/record/schema.ts';
import { groupBy, isControl, isJudged, profileName } from './cells.ts';

/** One promise of one profile under one scenario, over all cells of several runs that asked for it. */
export interface GatheredPromise {
  readonly profile: string;
  readonly check: CheckId;
  readonly title: string;
  readonly isPromised: boolean;
  readonly claimSource: string;
  readonly state: ClauseState;
  readonly count: number;
  readonly exposure: number;
  readonly cells: number;
  /** Cells that could not decide it; they are in no other figure. */
  readonly undecided: number;
  /** Longest over the cells that decided it; null where nothing was acknowledged in them. */
  readonly longestGapNs: number | null;
  readonly replay: string;
}

export interface GatheredScenario {
  readonly scenario: string;
  readonly summary: string;
  readonly under: JudgedCell['under'];
  /** `kill-leader 5 of 5`: how many of the faults bit. */
  readonly faults: readonly { readonly kind: string; readonly bit: number; readonly of: number }[];
  readonly promises: readonly GatheredPromise[];
}

/** What was seen of one version of a broker on so many nodes. */
export interface GatheredTarget {
  readonly title: string;
  readonly nodes: number;
  readonly scenarios: readonly GatheredScenario[];
}

/** Worst first: of several cells the worst state stands for all. */
const worstFirst: readonly ClauseState[] = [
  'broken',
  'expected',
  'should-violated',
  'unclaimed-violated',
  'unexpectedly-kept',
  'kept',
  'should-held',
  'unclaimed-held',
  'undecided',
];

/** Targets, their scenarios and the promises that these put to the test, in the order of the runs. Controls are left out. */
export function gather(records: readonly RunRecord[]): GatheredTarget[] {
  const cells = treatmentsOf(records);
  return [...groupBy(cells, ({ target }) => `${target.nodes} ${target.title}`).values()].flatMap(
    (ofTarget) => {
      const target = ofTarget[0]?.target;
      if (target === undefined) return [];
      const scenarios = [...groupBy(ofTarget, ({ scenario }) => scenario).values()];
      const told = scenarios.flatMap(scenarioOf).filter(({ promises }) => promises.length > 0);
      return told.length === 0
        ? []
        : [{ title: target.title, nodes: target.nodes, scenarios: told }];
    },
  );
}

/** All judged cells but planted controls. */
export function treatmentsOf(records: readonly RunRecord[]): JudgedCell[] {
  return records
    .flatMap((record) => record.cells)
    .filter(isJudged)
    .filter((cell) => !isControl(cell));
}

function scenarioOf(cells: readonly JudgedCell[]): GatheredScenario[] {
  const [first] = cells;
  if (first === undefined) return [];
  const promises = [...groupBy(cells, profileName)].flatMap(([profile, ofProfile]) =>
    checksToTell(ofProfile).map((check) => promiseOf(profile, check, ofProfile)),
  );
  return [
    {
      scenario: first.scenario,
      summary: first.scenarioSummary,
      under: first.under,
      faults: faultsOf(cells),
      promises,
    },
  ];
}

/** What was seen, and what is promised where the scenario exposes it: worst first. */
export function checksToTell(cells: readonly JudgedCell[]): CheckId[] {
  const clauses = cells.flatMap((cell) =>
    cell.clauses.filter(
      ({ check, count, obligation }) =>
        count > 0 || (obligation === 'must' && cell.judging.exposes.includes(check)),
    ),
  );
  const sorted = clauses.toSorted((a, b) => rank(a) - rank(b));
  return [...new Set(sorted.map(({ check }) => check))];
}

/** One promise over the cells of one profile. */
export function promiseOf(
  profile: string,
  check: CheckId,
  cells: readonly JudgedCell[],
): GatheredPromise {
  const asked = cells.flatMap((cell) => {
    const clause = cell.clauses.find((one) => one.check === check);
    return clause === undefined ? [] : [{ cell, clause }];
  });
  const decided = asked.filter(({ cell, clause }) => isDecided(clause, cell));
  const told = decided.length === 0 ? asked : decided;
  const worst = told.toSorted((a, b) => rank(a.clause) - rank(b.clause))[0];
  const gaps = decided.flatMap(({ cell }) =>
    cell.longestGapNs === null ? [] : [cell.longestGapNs],
  );
  return {
    profile,
    check,
    title: worst?.clause.title ?? '',
    isPromised: asked.some(({ clause }) => clause.obligation === 'must'),
    claimSource: worst?.cell.claimSource ?? '',
    state: decided.length === 0 ? 'undecided' : (worst?.clause.state ?? 'undecided'),
    count: decided.reduce((sum, { clause }) => sum + clause.count, 0),
    exposure: decided.reduce((sum, { clause }) => sum + clause.exposure, 0),
    cells: decided.length,
    undecided: asked.length - decided.length,
    longestGapNs: gaps.length === 0 ? null : Math.max(...gaps),
    replay: worst?.cell.replay ?? '',
  };
}

/**
 * What was seen was seen, whatever else went wrong. That nothing was seen says little where the cell itself lacks
 * evidence: its fault did not bite, or what was sent was not read to the end.
 */
function isDecided({ state, count }: ClauseRecord, { reasons, clauses }: JudgedCell): boolean {
  if (state === 'undecided' || count > 0) return state !== 'undecided';
  // Every broken clause is a reason; what is more than that is missing evidence.
  return reasons.length <= clauses.filter((clause) => clause.state === 'broken').length;
}

function rank({ state }: ClauseRecord): number {
  return worstFirst.indexOf(state);
}

function faultsOf(cells: readonly JudgedCell[]): GatheredScenario['faults'] {
  const all = cells.flatMap(({ faults }) => faults);
  return [...groupBy(all, ({ kind }) => kind)].map(([kind, ofKind]) => ({
    kind,
    bit: ofKind.filter(({ bit }) => bit).length,
    of: ofKind.length,
  }));
}
