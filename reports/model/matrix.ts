import type { CheckId } from '../../harness/core/anomalies.ts';
import type { CellRecord, RunRecord } from '../../harness/record/schema.ts';
import { groupBy, isControl, isJudged, profileName } from './cells.ts';

/** Worst first: over several rounds of a cell the worst state is shown. */
export const cellStates = [
  'broken',
  'error',
  'inconclusive',
  'unclaimed',
  'held',
  'kept',
  'unsupported',
] as const;
export type CellState = (typeof cellStates)[number];

/** An anomaly that was seen where nobody promised its absence: what a weaker level costs. */
export interface SeenAnomaly {
  readonly check: CheckId;
  readonly title: string;
  readonly count: number;
  readonly exposure: number;
  readonly rate: number;
}

export interface MatrixCell {
  readonly state: CellState;
  /** The clauses that were claimed and broken. */
  readonly broken: readonly SeenAnomaly[];
  readonly unclaimed: readonly SeenAnomaly[];
  /** For `held`: the fewest chances that any of the clauses had, and the 3/n bound from it. */
  readonly exposure: number;
  readonly upperBound: number;
  /** Every round, in order. */
  readonly rounds: readonly CellRecord[];
}

export interface MatrixRow {
  readonly name: string;
  readonly engine: string;
  readonly profile: string;
  readonly level: CellRecord['level'];
  readonly promises: CellRecord['promises'];
  /** In the order of the matrix's scenarios; `undefined` where the plan had no such cell. */
  readonly cells: readonly (MatrixCell | undefined)[];
}

export interface Matrix {
  readonly scenarios: readonly string[];
  readonly rows: readonly MatrixRow[];
}

/** Profiles × scenarios in the order of the record, controls left out. */
export function matrixOf(record: RunRecord): Matrix {
  const treatments = record.cells.filter((cell) => !isControl(cell));
  const scenarios = [...new Set(treatments.map((cell) => cell.scenario))];
  const rows = [...groupBy(treatments, profileName)].flatMap(([name, cells]): MatrixRow[] => {
    const [first] = cells;
    if (first === undefined) return [];
    const byScenario = groupBy(cells, (cell) => cell.scenario);
    return [
      {
        name,
        engine: first.engine,
        profile: first.profile,
        level: first.level,
        promises: first.promises,
        cells: scenarios.map((scenario) => matrixCell(byScenario.get(scenario) ?? [])),
      },
    ];
  });
  return { scenarios, rows };
}

function matrixCell(rounds: readonly CellRecord[]): MatrixCell | undefined {
  if (rounds.length === 0) return undefined;
  const states = new Set(rounds.map(stateOf));
  const held = rounds
    .filter(isJudged)
    .flatMap((cell) => cell.clauses)
    .filter((clause) => clause.state === 'unclaimed-held' && clause.exposure > 0);
  return {
    state: cellStates.find((state) => states.has(state)) ?? 'inconclusive',
    broken: anomalies(rounds, 'broken'),
    unclaimed: anomalies(rounds, 'unclaimed-violated'),
    exposure: held.length === 0 ? 0 : Math.min(...held.map((clause) => clause.exposure)),
    upperBound: Math.max(0, ...held.map((clause) => clause.upperBound)),
    rounds,
  };
}

/** The state of one cell by itself. */
export function stateOf(cell: CellRecord): CellState {
  if (cell.status !== 'judged') return cell.status;
  const has = (state: string): boolean => cell.clauses.some((clause) => clause.state === state);
  if (has('broken') || cell.verdict === 'violated') return 'broken';
  if (cell.verdict === 'error' || cell.verdict === 'inconclusive') return cell.verdict;
  if (has('kept')) return 'kept';
  if (has('unclaimed-violated')) return 'unclaimed';
  return has('unclaimed-held') ? 'held' : 'inconclusive';
}

function anomalies(
  rounds: readonly CellRecord[],
  state: 'broken' | 'unclaimed-violated',
): SeenAnomaly[] {
  const seen = rounds
    .filter(isJudged)
    .flatMap((cell) => cell.clauses)
    .filter((clause) => clause.state === state);
  return [...groupBy(seen, (clause) => clause.check)].map(([check, clauses]) => {
    const count = clauses.reduce((sum, clause) => sum + clause.count, 0);
    const exposure = clauses.reduce((sum, clause) => sum + clause.exposure, 0);
    const rate = exposure === 0 ? 0 : count / exposure;
    return { check, title: clauses[0]?.title ?? '', count, exposure, rate };
  });
}
