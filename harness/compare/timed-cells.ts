import { isControl, profileName, whyUnpriced } from '../record/cell-questions.ts';
import type { CellRecord, PerformanceFigures, RunRecord } from '../record/schema.ts';

/** All rounds of one timed cell of a run. */
export interface TimedCell {
  /** As `--engine` takes it. */
  readonly profile: string;
  readonly scenario: string;
  readonly rounds: readonly CellRecord[];
  /** Of all its rounds; empty where an older record does not tell. */
  readonly load: CellRecord['load'];
  /** Of the rounds that count. */
  readonly figures: readonly PerformanceFigures[];
  /** Why the other rounds do not. */
  readonly reasons: readonly string[];
}

/** By `profile/scenario`, in the order of the record; controls are left out. */
export function timedCellsOf(record: RunRecord): ReadonlyMap<string, TimedCell> {
  const cells = new Map<string, TimedCell>();
  for (const round of record.cells) {
    if (round.kind !== 'timed' || isControl(round)) continue;
    const profile = profileName(round);
    const key = `${profile}/${round.scenario}`;
    const before = cells.get(key);
    cells.set(key, {
      profile,
      scenario: round.scenario,
      load: round.load,
      rounds: [...(before?.rounds ?? []), round],
      figures: [...(before?.figures ?? []), ...figuresOf(round)],
      reasons: [...(before?.reasons ?? []), ...whyUnpriced(round)],
    });
  }
  return cells;
}

function figuresOf(cell: CellRecord): readonly PerformanceFigures[] {
  if (cell.status !== 'judged' || cell.performance.status !== 'valid') return [];
  return [cell.performance.figures];
}
