import { plainRequest } from '../../harness/compare/compare-runs.ts';
import { rankingOf } from '../../harness/compare/ranking.ts';
import type { Ranking } from '../../harness/record/ranking-schema.ts';
import type { RunRecord } from '../../harness/record/schema.ts';
import { type Finding, findingsOf } from '../model/findings.ts';
import { type Headline, headlineOf } from '../model/headline.ts';
import { type Matrix, type MatrixCell, matrixOf } from '../model/matrix.ts';
import { type PriceTable, priceTablesOf } from '../model/price.ts';
import { Anchors } from './links.ts';

/** Most of each list that the page shows; what is left out is said beside the list. */
export const limits = {
  rows: 40,
  scenarios: 24,
  findings: 36,
  findingsOpen: 3,
  findingsWitnessed: 10,
  witnesses: 1,
  witnessesOfBroken: 3,
  witnessEvents: 12,
  witnessEventsOfBroken: 20,
  timeFigures: 6,
  timePoints: 240,
  windowCells: 6,
  windowRows: 16,
  controls: 60,
  gaps: 60,
  caveats: 60,
  configuration: 120,
  effective: 24,
  rounds: 10,
  small: 16,
} as const;

export interface AnchoredFinding {
  readonly finding: Finding;
  readonly id: string;
}

/** What all sections share: the derived tables and the ids by which they link to each other. */
export interface View {
  readonly record: RunRecord;
  readonly headline: Headline;
  readonly matrix: Matrix;
  readonly prices: readonly PriceTable[];
  readonly ranking: Ranking;
  readonly findings: readonly AnchoredFinding[];
  readonly findingsTotal: number;
  cellId(cell: MatrixCell): string | undefined;
  /** The finding of a clause in any round of the cell, if the page shows it. */
  findingId(cell: MatrixCell, check: string): string | undefined;
}

export function viewOf(record: RunRecord): View {
  const anchors = new Anchors();
  const full = matrixOf(record);
  const matrix: Matrix = {
    scenarios: full.scenarios.slice(0, limits.scenarios),
    rows: full.rows
      .slice(0, limits.rows)
      .map((row) => ({ ...row, cells: row.cells.slice(0, limits.scenarios) })),
  };
  const cellIds = new Map<MatrixCell, string>();
  for (const row of matrix.rows) {
    for (const [at, cell] of row.cells.entries()) {
      if (cell === undefined) continue;
      cellIds.set(cell, anchors.claim('c', row.engine, row.profile, matrix.scenarios[at] ?? ''));
    }
  }
  const all = findingsOf(record);
  const findings = all.slice(0, limits.findings).map((finding) => {
    const { cell, clause } = finding;
    const id = anchors.claim(
      'f',
      cell.engine,
      cell.profile,
      cell.scenario,
      `${cell.round}`,
      clause.check,
    );
    return { finding, id };
  });
  return {
    record,
    headline: headlineOf(record),
    matrix,
    prices: priceTablesOf(record),
    ranking: rankingOf(record, 'e2e-p99', plainRequest),
    findings,
    findingsTotal: all.length,
    cellId: (cell) => cellIds.get(cell),
    findingId: (cell, check) =>
      findings.find(
        ({ finding }) => finding.clause.check === check && cell.rounds.includes(finding.cell),
      )?.id,
  };
}

/** "12 of 40 shown", or nothing when everything is. */
export function shownOf(shown: number, total: number, what: string): string {
  return shown < total ? `${shown} of ${total} ${what} shown; run.json has all.` : '';
}
