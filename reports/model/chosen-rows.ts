import { groupBy } from './cells.ts';
import type { CellState, MatrixRow } from './matrix.ts';

const wantAnEye: ReadonlySet<CellState> = new Set(['broken', 'error', 'inconclusive', 'expected']);

/**
 * So many rows, in the order of the matrix, where it has more: first those in which something went wrong, then in turn
 * of each engine, so that none that was run is missing while there is room for one row of each.
 */
export function chosenRows(rows: readonly MatrixRow[], count: number): readonly MatrixRow[] {
  if (rows.length <= count) return rows;
  const isWrong = ({ cells }: MatrixRow): boolean =>
    cells.some((cell) => cell !== undefined && wantAnEye.has(cell.state));
  const queues = [
    ...groupBy(
      rows.filter((row) => !isWrong(row)),
      ({ engine }) => engine,
    ).values(),
  ];
  const inTurn = Array.from(
    { length: Math.max(0, ...queues.map(({ length }) => length)) },
    (_, at) => queues.flatMap((queue) => queue.slice(at, at + 1)),
  ).flat();
  const chosen = new Set([...rows.filter(isWrong), ...inTurn].slice(0, count));
  return rows.filter((row) => chosen.has(row));
}
