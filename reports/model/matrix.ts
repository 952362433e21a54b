import type { CheckId } from '../../harness/core/anomalies.ts';
import type {
  CellRecord,
  ClauseRecord,
  ClauseState,
  JudgedCell,
  RunRecord,
} from '../../harness/record/schema.ts';
import { clausesIn, groupBy, isControl, isJudged, profileName } from './cells.ts';

/** Worst first: over several rounds of a cell the worst state is shown. */
export const cellStates = [
  'broken',
  'error',
  'inconclusive',
  'expected',
  'unclaimed',
  'held',
  'kept',
  'unsupported',
] as const;
export type CellState = (typeof cellStates)[number];

/** An anomaly that was seen, summed over the rounds of a cell. */
export interface SeenAnomaly {
  readonly check: CheckId;
  readonly title: string;
  readonly count: number;
  readonly exposure: number;
  readonly rate: number;
}

/** A clause of a MUST that was broken as a known deviation says, or kept although it does. */
export interface DeviatingAnomaly extends SeenAnomaly {
  readonly deviation: string;
  readonly expires: string;
}

export interface MatrixCell {
  readonly state: CellState;
  /** The clauses that were claimed and broken. */
  readonly broken: readonly SeenAnomaly[];
  /** Broken too, and excused for now. */
  readonly expected: readonly DeviatingAnomaly[];
  /** Kept, so that their deviation may be out of date. */
  readonly unexpected: readonly DeviatingAnomaly[];
  /** Seen where the claim says that it should not happen. */
  readonly should: readonly SeenAnomaly[];
  /** Seen where nobody promised its absence: what a weaker level costs. */
  readonly unclaimed: readonly SeenAnomaly[];
  /** For `held`: the fewest chances of any clause that the scenario exposes, and its 3/n bound. */
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
  const judged = rounds.filter(isJudged);
  const held = judged.flatMap(heldClauses);
  const expected = deviating(judged, 'expected');
  return {
    state: cellStates.find((state) => states.has(state)) ?? 'inconclusive',
    broken: anomalies(judged, 'broken'),
    expected,
    // Seen in another round it is not out of date, only rare.
    unexpected: deviating(judged, 'unexpectedly-kept').filter(
      ({ check }) => !expected.some((seen) => seen.check === check),
    ),
    should: anomalies(judged, 'should-violated'),
    unclaimed: anomalies(judged, 'unclaimed-violated'),
    exposure: held.length === 0 ? 0 : Math.min(...held.map((clause) => clause.exposure)),
    upperBound: Math.max(0, ...held.map((clause) => clause.upperBound)),
    rounds,
  };
}

/** The state of one cell by itself. */
export function stateOf(cell: CellRecord): CellState {
  if (cell.status !== 'judged') return cell.status;
  const has = (state: ClauseState): boolean =>
    cell.clauses.some((clause) => clause.state === state);
  if (has('broken') || cell.verdict === 'violated') return 'broken';
  if (cell.verdict === 'error' || cell.verdict === 'inconclusive') return cell.verdict;
  if (has('expected')) return 'expected';
  if (has('kept') || has('unexpectedly-kept')) return 'kept';
  if (has('unclaimed-violated')) return 'unclaimed';
  return has('unclaimed-held') ? 'held' : 'inconclusive';
}

/** What the scenario does not expose had few chances or none, and says nothing about it. */
function heldClauses({ clauses, judging }: JudgedCell): readonly ClauseRecord[] {
  const held = clauses.filter((clause) => clause.state === 'unclaimed-held');
  const exposed = held.filter(({ check }) => judging.exposes.includes(check));
  return exposed.length > 0 ? exposed : held;
}

function anomalies(rounds: readonly JudgedCell[], state: ClauseState): SeenAnomaly[] {
  const seen = rounds.flatMap((cell) => clausesIn(cell, state));
  return [...groupBy(seen, (clause) => clause.check)].map(([check, clauses]) =>
    summed(check, clauses),
  );
}

function deviating(rounds: readonly JudgedCell[], state: ClauseState): DeviatingAnomaly[] {
  const seen = rounds.flatMap((cell) => clausesIn(cell, state));
  return [...groupBy(seen, (clause) => clause.check)].map(([check, clauses]) => {
    const deviation = clauses[0]?.deviation;
    return {
      ...summed(check, clauses),
      deviation: deviation?.id ?? '',
      expires: deviation?.expires ?? '',
    };
  });
}

function summed(check: CheckId, clauses: readonly ClauseRecord[]): SeenAnomaly {
  const count = clauses.reduce((sum, clause) => sum + clause.count, 0);
  const exposure = clauses.reduce((sum, clause) => sum + clause.exposure, 0);
  const rate = exposure === 0 ? 0 : count / exposure;
  return { check, title: clauses[0]?.title ?? '', count, exposure, rate };
}
