import type { MatrixCell, SeenAnomaly } from './matrix.ts';
import { type CellMark, cellMarks } from './words.ts';

/** Anomalies of a cell under one mark. */
export interface Remark {
  readonly mark: 'broken' | 'expected' | 'should' | 'against' | 'unclaimed';
  readonly anomalies: readonly SeenAnomaly[];
}

/** Everything that a cell has to tell besides its state, the worst first. */
export function remarksOf(cell: MatrixCell): readonly Remark[] {
  const all: readonly Remark[] = [
    { mark: 'broken', anomalies: cell.broken },
    { mark: 'expected', anomalies: cell.expected },
    { mark: 'should', anomalies: cell.should },
    { mark: 'against', anomalies: cell.unexpected },
    { mark: 'unclaimed', anomalies: cell.unclaimed },
  ];
  return all.filter(({ anomalies }) => anomalies.length > 0);
}

/** The marks that occur in a matrix whose cells show these beside their states, in the order of a key. */
export function marksIn(
  cells: readonly (MatrixCell | undefined)[],
  shown: (cell: MatrixCell) => readonly { readonly mark: CellMark }[],
): readonly CellMark[] {
  const marks = new Set(
    cells.flatMap((cell): CellMark[] =>
      cell === undefined ? ['unplanned'] : [cell.state, ...shown(cell).map(({ mark }) => mark)],
    ),
  );
  return cellMarks.filter((mark) => marks.has(mark));
}
