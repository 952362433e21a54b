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
      const name = nameOf(control);
      const key = `${cell.scenario.id} ${cell.engine.id} ${name}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (!couldServe(control, cell, plan)) continue;
      const serving = records.filter(
        (record) =>
          record.scenario === cell.scenario.id &&
          record.engine === cell.engine.id &&
          serves(control, record),
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

function nameOf(control: Control): string {
  switch (control.kind) {
    case 'planted':
      return `planted ${control.plant}`;
    case 'unclaimed':
      return 'unclaimed';
    case 'weaker-level':
      return control.level;
    case 'without-promise':
      return `without ${control.promise}`;
  }
}

function serves(control: Control, record: CellRecord): boolean {
  switch (control.kind) {
    case 'planted':
      return record.control.kind === 'planted' && record.control.plant === control.plant;
    case 'unclaimed':
      return record.control.kind === 'none' && !record.claimed;
    case 'weaker-level':
      return record.control.kind === 'none' && record.level === control.level;
    case 'without-promise':
      return record.control.kind === 'none' && !record.promises.includes(control.promise);
  }
}

/** A control that no profile of the engine in this plan could play is not missing: it does not apply. */
function couldServe(control: Control, cell: Cell, plan: readonly Cell[]): boolean {
  if (control.kind === 'planted') return true;
  const alike = plan.filter(
    (other) => other.engine.id === cell.engine.id && other.scenario.id === cell.scenario.id,
  );
  if (control.kind === 'unclaimed') {
    return alike.some(({ claimed, control: of }) => !claimed && of.kind === 'none');
  }
  if (control.kind === 'without-promise') {
    return alike.some(
      ({ profile, control: of }) =>
        of.kind === 'none' && !profile.promises.includes(control.promise),
    );
  }
  return alike.some(
    ({ profile }) => profile.level === control.level && consumesSo(control, profile.consumption),
  );
}

function consumesSo(control: Control, consumption: Consumption): boolean {
  if (control.kind !== 'weaker-level' || control.consumption === undefined) return true;
  return control.consumption === consumption;
}
