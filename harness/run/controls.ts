import type { Consumption } from '../../engines/engine.ts';
import type { CheckId } from '../core/anomalies.ts';
import { type ClaimedLevel, mustForbid, type PromiseSet } from '../core/clauses.ts';
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
    case 'waived':
      return control.kind;
    case 'weaker-level':
      return control.level;
    case 'without-promise':
      return `without ${control.promise}`;
  }
}

function serves(control: Control, record: CellRecord): boolean {
  if (control.kind === 'planted') {
    return record.control.kind === 'planted' && record.control.plant === control.plant;
  }
  if (record.control.kind !== 'none') return false;
  switch (control.kind) {
    case 'unclaimed':
      return !record.claimed;
    case 'waived':
      return record.status === 'judged' && waives(record.judging.waived, control.shows);
    case 'weaker-level':
      return record.level === control.level && !forbids(record, control.shows);
    case 'without-promise':
      return !record.promises.includes(control.promise);
  }
}

/** A control that no profile of the engine in this plan could play is not missing: it does not apply. */
function couldServe(control: Control, cell: Cell, plan: readonly Cell[]): boolean {
  if (control.kind === 'planted') return true;
  return plan.some(
    (other) =>
      other.engine.id === cell.engine.id &&
      other.scenario.id === cell.scenario.id &&
      other.control.kind === 'none' &&
      couldPlay(control, other),
  );
}

function couldPlay(
  control: Exclude<Control, { readonly kind: 'planted' }>,
  { profile, claimed }: Cell,
): boolean {
  switch (control.kind) {
    case 'unclaimed':
      return !claimed;
    case 'waived':
      return waives(profile.waived, control.shows);
    case 'weaker-level':
      return (
        profile.level === control.level &&
        consumesSo(control, profile.consumption) &&
        !forbids(profile, control.shows)
      );
    case 'without-promise':
      return !profile.promises.includes(control.promise);
  }
}

/** A profile of a weaker level may promise beyond it just what the control is to show. */
function forbids(
  { level, promises }: { readonly level: ClaimedLevel; readonly promises: readonly PromiseSet[] },
  shows: readonly CheckId[],
): boolean {
  const forbidden = mustForbid(level, promises);
  return shows.every((check) => forbidden.includes(check));
}

function waives(
  waived: readonly { readonly clause: string }[],
  shows: readonly CheckId[],
): boolean {
  return waived.some(({ clause }) => shows.some((check) => check === clause));
}

function consumesSo(control: Control, consumption: Consumption): boolean {
  if (control.kind !== 'weaker-level' || control.consumption === undefined) return true;
  return control.consumption === consumption;
}
