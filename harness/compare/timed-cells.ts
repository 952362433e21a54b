import type { JudgedCell, PerformanceFigures, RunRecord, CellRecord } from '../record/schema.ts';

/** All rounds of one timed cell of a run. */
export interface TimedCell {
  /** As `--engine` takes it. */
  readonly profile: string;
  readonly scenario: string;
  readonly rounds: readonly CellRecord[];
  /** Of the rounds that count. */
  readonly figures: readonly PerformanceFigures[];
  /** Why the other rounds do not. */
  readonly reasons: readonly string[];
}

/** By `profile/scenario`, in the order of the record; controls are left out. */
export function timedCellsOf(record: RunRecord): ReadonlyMap<string, TimedCell> {
  const cells = new Map<string, TimedCell>();
  for (const round of record.cells) {
    if (round.kind !== 'timed' || round.control.kind !== 'none') continue;
    const profile = `${round.engine}@${round.profile}`;
    const key = `${profile}/${round.scenario}`;
    const before = cells.get(key);
    cells.set(key, {
      profile,
      scenario: round.scenario,
      rounds: [...(before?.rounds ?? []), round],
      figures: [...(before?.figures ?? []), ...figuresOf(round)],
      reasons: [...(before?.reasons ?? []), ...whyNot(round)],
    });
  }
  return cells;
}

function figuresOf(cell: CellRecord): readonly PerformanceFigures[] {
  const isCounted = cell.status === 'judged' && cell.performance.status === 'valid';
  return isCounted && cell.performance.status === 'valid' ? [cell.performance.figures] : [];
}

function whyNot(cell: CellRecord): readonly string[] {
  switch (cell.status) {
    case 'unsupported':
      return [`unsupported: ${cell.reason}`];
    case 'error':
      return [`${cell.error.code}: ${cell.error.message}`];
    case 'judged':
      return whyUnpriced(cell);
  }
}

function whyUnpriced({ performance }: JudgedCell): readonly string[] {
  if (performance.status === 'valid') return [];
  return performance.status === 'invalid' ? performance.reasons : [performance.reason];
}
