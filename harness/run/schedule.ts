import type { Cell } from '../plan/cell.ts';

/** Conformance cells that may share the machine: one fills the waits of the other. */
const together = 2;

/** Timed cells first, while nothing else has warmed or burdened the machine; engines stay together, which bounds how many targets live at a time. */
export function inOrder(cells: readonly Cell[]): readonly Cell[] {
  const isTimed = ({ scenario }: Cell): boolean => scenario.kind === 'timed';
  return [...cells.filter(isTimed), ...cells.filter((cell) => !isTimed(cell))];
}

/**
 * Plays the cells one after another; conformance cells whose targets are started here and light two at a
 * time, the next as soon as one of them is done. Everything else is alone on the machine, so that nothing
 * disturbs a measurement and two brokers of a heavy kind never compete.
 * @param play gets a cell and, to ask when it is done, those that nobody has begun; when it rejects, no other begins
 */
export async function playAll(
  cells: readonly Cell[],
  signal: AbortSignal,
  play: (cell: Cell, ahead: () => readonly Cell[]) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failed = new AbortController();
  let begun = 0;
  const ahead = (): readonly Cell[] => cells.slice(begun);
  for (const cell of cells) {
    const isAlone = !mayShare(cell);
    while (running.size >= (isAlone ? 1 : together)) await Promise.race(running);
    if (signal.aborted || failed.signal.aborted) break;
    begun += 1;
    const playing = play(cell, ahead)
      .catch((error: unknown) => failed.abort(error))
      .finally(() => running.delete(playing));
    running.add(playing);
    if (isAlone) await playing;
  }
  await Promise.all(running);
  failed.signal.throwIfAborted();
}

function mayShare({ scenario, engine }: Cell): boolean {
  // With readers of several kinds a cell has actors enough for the whole machine.
  const isCrowded = scenario.topology.taps !== undefined;
  return scenario.kind !== 'timed' && !isCrowded && engine.isLight;
}
