import type { Cell } from '../plan/cell.ts';

/** Conformance cells that may share the machine: the second fills the first one's waits. */
const together = 2;

/**
 * The order of a run: timed cells alone and first, while nothing else has warmed or burdened the machine;
 * conformance cells two at a time where their targets are started here and embedded, so that two brokers
 * of a heavy kind never compete. Engines stay together, which bounds how many targets live at a time.
 */
export function batches(cells: readonly Cell[]): readonly (readonly Cell[])[] {
  const timed = cells.filter((cell) => cell.scenario.kind === 'timed').map((cell) => [cell]);
  const paired: Cell[][] = [];
  for (const cell of cells.filter((candidate) => candidate.scenario.kind !== 'timed')) {
    const last = paired.at(-1);
    if (last !== undefined && last.length < together && mayShare(cell) && last.every(mayShare)) {
      last.push(cell);
    } else paired.push([cell]);
  }
  return [...timed, ...paired];
}

function mayShare(cell: Cell): boolean {
  const { target } = cell.engine;
  return target.kind === 'started' && target.provisioner === 'embedded';
}
