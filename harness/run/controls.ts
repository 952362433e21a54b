import type { Consumption } from '../../engines/engine.ts';
import type { Control } from '../../scenarios/scenario.ts';
import type { Cell } from '../plan/cell.ts';
import { controlShown } from '../record/control-shown.ts';
import type { CellRecord, ControlOutcome } from '../record/schema.ts';

/**
 * Whether each scenario's control showed what the treatment must not. A scenario whose control never
 * shows its anomaly proves nothing when it passes.
 */
export function controlOutcomes(
  plan: readonly Cell[],
  records: readonly CellRecord[],
): readonly ControlOutcome[] {
  const outcomes: ControlOutcome[] = [];
  const seen = new Set<string>();
  for (const cell of plan) {
    for (const control of cell.scenario.controls) {
      const name = control.kind === 'planted' ? `planted ${control.plant}` : control.level;
      const key = `${cell.scenario.id} ${cell.engine.id} ${name}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (!couldServe(control, cell, plan)) continue;
      const serving = records.filter(
        (record) =>
          record.scenario === cell.scenario.id &&
          record.engine === cell.engine.id &&
          (control.kind === 'planted'
            ? record.control.kind === 'planted' && record.control.plant === control.plant
            : record.control.kind === 'none' && record.level === control.level),
      );
      const shows = control.shows;
      const ran = serving
        .filter((record) => record.status === 'judged')
        .filter((record) => consumesSo(control, record.facts.consumption));
      const showing = ran.find((record) => controlShown(record.clauses, shows));
      outcomes.push({
        scenario: cell.scenario.id,
        engine: cell.engine.id,
        control: name,
        shows: [...shows],
        outcome: showing !== undefined ? 'shown' : ran.length > 0 ? 'not-shown' : 'not-run',
        cell: showing?.id ?? '',
      });
    }
  }
  return outcomes;
}

/** A control that no profile of the engine in this plan could play is not missing: it does not apply. */
function couldServe(control: Control, cell: Cell, plan: readonly Cell[]): boolean {
  if (control.kind === 'planted') return true;
  return plan.some(
    (other) =>
      other.engine.id === cell.engine.id &&
      other.scenario.id === cell.scenario.id &&
      other.profile.level === control.level &&
      consumesSo(control, other.profile.consumption),
  );
}

function consumesSo(control: Control, consumption: Consumption): boolean {
  if (control.kind === 'planted' || control.consumption === undefined) return true;
  return control.consumption === consumption;
}
